/** Concurrent writes. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { exists, heldByRun, noLiveLease } from '../conditions.ts';
import {
  buildContractRow,
  buildKeyRow,
  buildTestEntry,
  buildTouch,
  type GetStore,
  insertRow,
  NOW,
  toKey,
} from './rows.ts';

/** Runs twenty contenders concurrently. */
const raceTwenty = <T>(contender: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: 20 }, (_, at) => contender(at)));

export function testRaces(store: GetStore): void {
  describe('at the same time', () => {
    test('one of twenty inserts writes the row, and all see the same one', async () => {
      const key = toKey(buildContractRow());
      const written = await raceTwenty((at) => store().insert(buildContractRow({ ...key, nonce: `create-${at}` })));
      expect(written.filter(({ done }) => done)).toHaveLength(1);
      expect(new Set(written.map(({ row }) => row?.nonce)).size).toBe(1);
    });

    test('one of twenty claims takes the task, and all see which', async () => {
      const row = await insertRow(store());
      const written = await raceTwenty((at) =>
        store().update(
          buildTouch(row, {
            when: [exists, noLiveLease(10_000)],
            set: { run: `run-${at}`, leaseUntil: 70_000 },
            add: { failures: 1 },
          }),
        ),
      );
      expect(written.filter(({ done }) => done)).toHaveLength(1);
      expect(new Set(written.map((each) => each.row?.run)).size).toBe(1);
      expect(await store().read(toKey(row))).toMatchObject({ failures: 1 });
    });

    test('no count is lost', async () => {
      const row = await insertRow(store());
      await raceTwenty(() => store().update({ key: toKey(row), when: [exists], add: { revision: 1, generation: 2 } }));
      expect(await store().read(toKey(row))).toMatchObject({ revision: 20, generation: 41 });
    });

    test('one of twenty inserts with one idempotency key creates a task, and all learn which', async () => {
      const { key } = buildKeyRow(buildContractRow());
      const made = await raceTwenty(async (at) => {
        const row = buildContractRow({ id: `task-${at}` });
        const written = await store().insertOnce(row, buildKeyRow(row, { key }), NOW);
        return 'taken' in written ? written.taken.task : toKey(row);
      });
      expect(new Set(made.map(({ partition }) => partition)).size).toBe(1);
      const [task] = made;
      expect(task && (await store().read(task))).toBeDefined();
    });

    test('one of twenty recordings of a step is stored', async () => {
      const row = await insertRow(store(), { run: 'mine' });
      const change = buildTouch(row, { when: [heldByRun('mine')], add: { entries: 1 } });
      const recorded = await raceTwenty((at) =>
        store().record(change, buildTestEntry(row, { value: String(at) }), `${randomUUID()}`),
      );
      const winner = recorded.findIndex(({ done }) => done);
      expect(recorded.filter(({ done }) => done)).toHaveLength(1);
      expect(await store().journal(row.id)).toStrictEqual([buildTestEntry(row, { value: String(winner) })]);
      expect(await store().read(toKey(row))).toMatchObject({ entries: 1 });
    });
  });
}
