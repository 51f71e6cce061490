import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Attribute, Condition } from '../../../lambda/tasks/conditions.ts';
import { buildContractRow, toKey } from '../../../lambda/tasks/contract/rows.ts';
import { MemoryTaskStore } from '../../../lambda/tasks/memory/index.ts';
import type { TaskRow } from '../../../lambda/tasks/record.ts';
import type { Change, TaskStore } from '../../../lambda/tasks/store.ts';
import { createDynamoTaskStore } from '../../support/dynamodb.ts';

/** Few values, so that conditions hold and fail about as often. */
const number = fc.integer({ min: -2, max: 12 });
const text = fc.constantFrom('', 'a', 'b', 'working', 'failed', '\uFFFD', '\u{1F600}', '3');

/** An attribute with a value that it may have, of its own type or another. */
const numbers = ['generation', 'failures', 'revision', 'entries', 'leaseUntil', 'wakeAt', 'expiresAt'] as const;
const texts = ['run', 'status', 'statusMessage', 'endedBy'] as const;
const attribute: fc.Arbitrary<Attribute> = fc.constantFrom(...numbers, ...texts, 'parked', 'void', 'cleanUp', 'ttl');

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ test: fc.constantFrom('=', '<', '<=', '>'), attribute, value: fc.oneof(number, text) }),
    fc.record({ test: fc.constantFrom('present', 'absent'), attribute }),
    fc.record({ test: fc.constantFrom('all', 'any'), of: fc.array(tie('condition'), { maxLength: 3 }) }),
  ) as fc.Arbitrary<Condition>,
}));

const attributes = fc.record(
  {
    ...Object.fromEntries(numbers.map((name) => [name, number])),
    ...Object.fromEntries(texts.map((name) => [name, text])),
    parked: fc.constant(true as const),
    void: fc.constant(true as const),
    progress: fc.record({ done: fc.double({ noNaN: true }), total: number }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<TaskRow>>;

/** A change that names no attribute twice. */
const change: fc.Arbitrary<Omit<Change, 'key'>> = fc
  .record({
    when: fc.array(condition, { maxLength: 3 }),
    set: attributes,
    add: fc.record({ generation: number, failures: number, revision: number, entries: number }, { requiredKeys: [] }),
    remove: fc.uniqueArray(fc.constantFrom('run', 'leaseUntil', 'parked', 'wakeAt', 'progress', 'cleanUp'), {
      maxLength: 3,
    }),
  })
  .map(({ when, set, add, remove }) => {
    const touched = new Set([...Object.keys(add), ...remove]);
    const rest = Object.entries(set).filter(([name]) => !touched.has(name));
    return { when, set: Object.fromEntries(rest), add, remove } as Omit<Change, 'key'>;
  });

/** A row, or none, and what is done to it. */
interface StoreScenario {
  readonly start: Partial<TaskRow> | null;
  readonly changes: readonly Omit<Change, 'key'>[];
}

const scenario: fc.Arbitrary<StoreScenario> = fc.record({
  start: fc.option(attributes),
  changes: fc.array(change, { minLength: 1, maxLength: 4 }),
});

describe('the memory store and the DynamoDB store', () => {
  let stores: readonly [TaskStore, TaskStore];
  beforeAll(async () => {
    stores = [new MemoryTaskStore(), await createDynamoTaskStore()];
  });

  /** What both answer, one question after the other, and that it is the same. */
  const agree = async ({ start, changes }: StoreScenario): Promise<void> => {
    const both = async <T>(ask: (store: TaskStore) => Promise<T>): Promise<void> => {
      const [memory, dynamo] = await Promise.all(stores.map(ask));
      expect(dynamo).toStrictEqual(memory);
    };
    const row = buildContractRow(start ?? {});
    if (start) await both((store) => store.insert(row));
    for (const each of changes) await both((store) => store.update({ ...each, key: toKey(row) }));
    await both((store) => store.list(row.partition, { limit: 5 }));
  };

  test('agree on any conditions and changes, on any row and on none', async () => {
    // Scenarios have their own rows, so several run at a time.
    const scenarios = fc.array(scenario, { minLength: 1, maxLength: 10 });
    const property = fc.asyncProperty(scenarios, async (some) => void (await Promise.all(some.map(agree))));
    await fc.assert(property, { numRuns: 40 });
  });
});
