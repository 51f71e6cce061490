import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { exists, heldByRun, noLiveLease } from '../conditions.ts';
import { anEntry, anIdempotencyRow, aRow, given, keyOf, NOW, type Store, touch } from './rows.ts';

/** Twenty at once. */
const race = <T>(contender: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: 20 }, (_, at) => contender(at)));

export const races = (store: Store): void => {
  describe('at the same time', () => {
    it('one of twenty inserts makes the row, and all see the same one', async () => {
      const key = keyOf(aRow());
      const written = await race((at) => store().insert(aRow({ ...key, nonce: `create-${at}` })));
      expect(written.filter(({ done }) => done)).toHaveLength(1);
      expect(new Set(written.map(({ row }) => row?.nonce)).size).toBe(1);
    });

    it('one of twenty claims takes the task, and all see whose it is', async () => {
      const row = await given(store());
      const written = await race((at) =>
        store().update(
          touch(row, {
            when: [exists, noLiveLease(10_000)],
            set: { run: `run-${at}`, leaseUntil: 70_000 },
            add: { failures: 1 },
          }),
        ),
      );
      expect(written.filter(({ done }) => done)).toHaveLength(1);
      expect(new Set(written.map((each) => each.row?.run)).size).toBe(1);
      expect(await store().read(keyOf(row))).toMatchObject({ failures: 1 });
    });

    it('no count is lost', async () => {
      const row = await given(store());
      await race(() => store().update({ key: keyOf(row), when: [exists], add: { revision: 1, generation: 2 } }));
      expect(await store().read(keyOf(row))).toMatchObject({ revision: 20, generation: 41 });
    });

    it('one of twenty creates under one idempotency key makes a task, and all are told which', async () => {
      const { key } = anIdempotencyRow(aRow());
      const made = await race(async (at) => {
        const row = aRow({ id: `task-${at}` });
        const written = await store().insertOnce(row, anIdempotencyRow(row, { key }), NOW);
        return 'taken' in written ? written.taken.task : keyOf(row);
      });
      expect(new Set(made.map(({ partition }) => partition)).size).toBe(1);
      const [task] = made;
      expect(task && (await store().read(task))).toBeDefined();
    });

    it('one of twenty recordings of a step is kept', async () => {
      const row = await given(store(), { run: 'mine' });
      const change = touch(row, { when: [heldByRun('mine')], add: { entries: 1 } });
      const recorded = await race((at) =>
        store().record(change, anEntry(row, { value: String(at) }), `${randomUUID()}`),
      );
      const winner = recorded.findIndex(({ done }) => done);
      expect(recorded.filter(({ done }) => done)).toHaveLength(1);
      expect(await store().journal(row.id)).toStrictEqual([anEntry(row, { value: String(winner) })]);
      expect(await store().read(keyOf(row))).toMatchObject({ entries: 1 });
    });
  });
};
