import { describe, expect, it } from 'vitest';
import { anIdempotencyRow, aRow, given, keyOf, NOW, type Store } from './rows.ts';

export const idempotency = (store: Store): void => {
  describe('insertOnce', () => {
    it('makes the row', async () => {
      const row = aRow();
      expect(await store().insertOnce(row, anIdempotencyRow(row), NOW)).toStrictEqual({ done: true, row });
      expect(await store().read(keyOf(row))).toStrictEqual(row);
    });

    it('makes no second row under a key and tells which task the key made, and from what', async () => {
      const [first, second] = [aRow(), aRow()];
      const key = anIdempotencyRow(first);
      await store().insertOnce(first, key, NOW);
      const again = await store().insertOnce(second, { ...key, task: keyOf(second), digest: 'another' }, NOW);
      expect(again).toStrictEqual({ done: false, taken: key });
      expect(await store().read(keyOf(second))).toBeUndefined();
    });

    it('tells of the key when both key and row are taken', async () => {
      const row = aRow();
      const key = anIdempotencyRow(row);
      await store().insertOnce(row, key, NOW);
      expect(await store().insertOnce(row, key, NOW)).toStrictEqual({ done: false, taken: key });
    });

    it('leaves the key free when the row is barred', async () => {
      const barred = await given(store(), { void: true });
      const key = anIdempotencyRow(barred);
      const late = await store().insertOnce(aRow(keyOf(barred)), key, NOW);
      expect(late).toStrictEqual({ done: false, row: barred });
      const other = aRow();
      expect(await store().insertOnce(other, { ...key, task: keyOf(other) }, NOW)).toMatchObject({ done: true });
    });

    it('puts nothing but the task where tasks are listed', async () => {
      const row = aRow();
      await store().insertOnce(row, anIdempotencyRow(row), NOW);
      expect(await store().list(row.partition, { limit: 10 })).toStrictEqual({ rows: [row] });
    });

    it('takes a key again once its row has expired, swept or not', async () => {
      const [first, second] = [aRow(), aRow()];
      const key = anIdempotencyRow(first);
      await store().insertOnce(first, key, NOW);
      const again = { ...key, task: keyOf(second) };
      expect(await store().insertOnce(second, again, key.ttl * 1000 - 1)).toMatchObject({ done: false });
      expect(await store().insertOnce(second, again, key.ttl * 1000)).toMatchObject({ done: true });
    });
  });
};
