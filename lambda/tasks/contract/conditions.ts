/** Conditions: each holds for the rows it should, and for no others. */
import { describe, expect, test } from 'vitest';
import * as named from '../conditions.ts';
import type { TaskRow } from '../record.ts';
import { buildContractRow, buildTouch, type GetStore, insertRow, toKey } from './rows.ts';

/** A condition, its name, and rows for which it holds or fails. `nothing`: no row at all. */
interface ConditionCase {
  readonly name: string;
  readonly condition: named.Condition;
  readonly holds: readonly (Partial<TaskRow> | 'nothing')[];
  readonly fails: readonly (Partial<TaskRow> | 'nothing')[];
}

const CONDITION_TIME = 10_000;

const CONDITION_CASES: readonly ConditionCase[] = [
  { name: 'missing', condition: named.missing, holds: ['nothing'], fails: [{}, { void: true }] },
  { name: 'exists', condition: named.exists, holds: [{}], fails: ['nothing', { void: true }] },
  {
    name: 'notTerminal',
    condition: named.notTerminal,
    holds: [{ status: 'working' }, { status: 'input_required' }],
    fails: ['nothing', { status: 'completed' }, { status: 'failed' }, { status: 'cancelled' }],
  },
  {
    name: 'notExpired',
    condition: named.notExpired(CONDITION_TIME),
    holds: [{ expiresAt: CONDITION_TIME + 1 }],
    fails: ['nothing', { expiresAt: CONDITION_TIME }, { expiresAt: CONDITION_TIME - 1 }],
  },
  {
    name: 'heldByRun',
    condition: named.heldByRun('mine'),
    holds: [{ run: 'mine' }],
    fails: ['nothing', {}, { run: 'theirs' }, { run: '' }],
  },
  {
    name: 'noLiveLease',
    condition: named.noLiveLease(CONDITION_TIME),
    holds: [
      'nothing',
      {},
      { run: 'dead', leaseUntil: CONDITION_TIME },
      { run: 'dead', leaseUntil: CONDITION_TIME - 1 },
    ],
    fails: [{ run: 'alive', leaseUntil: CONDITION_TIME + 1 }, { run: 'without a lease' }],
  },
  {
    name: 'atGeneration',
    condition: named.atGeneration(3),
    holds: [{ generation: 3 }],
    fails: ['nothing', { generation: 2 }, { generation: 4 }],
  },
  {
    name: 'atMostGeneration',
    condition: named.atMostGeneration(3),
    holds: [{ generation: 3 }, { generation: 2 }],
    fails: ['nothing', { generation: 4 }],
  },
  {
    name: 'beforeGeneration',
    condition: named.beforeGeneration(3),
    // Ten is before three as text, and not as a number.
    holds: [{ generation: 2 }],
    fails: ['nothing', { generation: 3 }, { generation: 10 }],
  },
  { name: 'atRevision', condition: named.atRevision(0), holds: [{ revision: 0 }], fails: ['nothing', { revision: 1 }] },
  {
    name: 'runnable',
    condition: named.runnable(CONDITION_TIME),
    holds: ['nothing', {}, { parked: true, wakeAt: CONDITION_TIME }, { wakeAt: CONDITION_TIME + 1 }],
    fails: [{ parked: true }, { parked: true, wakeAt: CONDITION_TIME + 1 }],
  },
  { name: 'parked', condition: named.parked, holds: [{ parked: true }], fails: ['nothing', {}] },
  { name: 'noCleanUp', condition: named.noCleanUp, holds: ['nothing', {}], fails: [{ cleanUp: 'onCancel' }] },
  {
    name: 'cleanUpOwed',
    condition: named.cleanUpOwed,
    holds: [{ cleanUp: 'owed' }],
    fails: ['nothing', {}, { cleanUp: 'onCancel' }],
  },
  {
    name: 'askedByNoOther',
    condition: named.askedByNoOther('ours', CONDITION_TIME),
    holds: [
      'nothing',
      {},
      { stream: 'ours', streamUntil: CONDITION_TIME + 1 },
      { stream: 'theirs', streamUntil: CONDITION_TIME },
    ],
    fails: [{ stream: 'theirs', streamUntil: CONDITION_TIME + 1 }, { stream: 'without a time' }],
  },
  {
    name: 'allAnswered',
    condition: named.allAnswered,
    holds: [{ status: 'working' }],
    fails: ['nothing', { status: 'input_required' }, { status: 'completed' }],
  },
  {
    name: 'a number against text',
    condition: { test: '=', attribute: 'run', value: 3 },
    holds: [],
    fails: ['nothing', {}, { run: '3' }],
  },
  {
    name: 'text against a number',
    condition: { test: '<=', attribute: 'generation', value: '9' },
    holds: [],
    fails: ['nothing', { generation: 1 }],
  },
  {
    name: 'text against text, in the order of its bytes',
    condition: { test: '<', attribute: 'statusMessage', value: '\u{1F600}' },
    holds: [{ statusMessage: '\uFFFD' }, { statusMessage: '' }],
    fails: ['nothing', {}, { statusMessage: '\u{1F600}' }, { statusMessage: '\u{1F601}' }],
  },
  { name: 'all of nothing', condition: { test: 'all', of: [] }, holds: ['nothing', {}], fails: [] },
  { name: 'any of nothing', condition: { test: 'any', of: [] }, holds: [], fails: ['nothing', {}] },
  {
    name: 'one part alone, nested',
    condition: { test: 'all', of: [{ test: 'any', of: [named.exists] }] },
    holds: [{}],
    fails: ['nothing', { void: true }],
  },
];

/** Every name in `conditions.ts` must have a case. */
const CONDITION_NAMES = Object.keys(named);

export function testConditions(store: GetStore): void {
  describe('conditions', () => {
    test('are all tested', () => {
      expect(CONDITION_NAMES.filter((name) => !CONDITION_CASES.some((each) => each.name === name))).toEqual([]);
    });

    const prepareRow = async (row: Partial<TaskRow> | 'nothing') =>
      row === 'nothing' ? buildContractRow() : insertRow(store(), row);

    for (const { name, condition, holds, fails } of CONDITION_CASES) {
      for (const row of holds) {
        test(`${name} holds for ${JSON.stringify(row)}`, async () => {
          const before = await prepareRow(row);
          const written = await store().update(buildTouch(before, { when: [condition] }));
          expect(written).toMatchObject({ done: true, row: { ...toKey(before), statusMessage: 'touched' } });
        });
      }
      for (const row of fails) {
        test(`${name} does not hold for ${JSON.stringify(row)}`, async () => {
          const before = await prepareRow(row);
          const written = await store().update(buildTouch(before, { when: [condition] }));
          expect(written).toStrictEqual(row === 'nothing' ? { done: false } : { done: false, row: before });
          expect(await store().read(toKey(before))).toStrictEqual(row === 'nothing' ? undefined : before);
        });
      }
    }

    test('must all hold', async () => {
      const row = await insertRow(store(), { run: 'mine', parked: true });
      const both = [named.heldByRun('mine'), named.parked];
      expect(await store().update(buildTouch(row, { when: [...both, named.atGeneration(2)] }))).toMatchObject({
        done: false,
      });
      expect(await store().update(buildTouch(row, { when: both }))).toMatchObject({ done: true });
    });
  });
}
