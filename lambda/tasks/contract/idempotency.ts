/** Inserting a row once for each idempotency key. */
import { describe, expect, test } from 'vitest';
import { buildContractRow, buildKeyRow, type GetStore, insertRow, NOW, toKey } from './rows.ts';

export function testInsertOnce(store: GetStore): void {
  describe('insertOnce', () => {
    test('writes the row', async () => {
      const row = buildContractRow();
      expect(await store().insertOnce(row, buildKeyRow(row), NOW)).toStrictEqual({ done: true, row });
      expect(await store().read(toKey(row))).toStrictEqual(row);
    });

    test('writes no second row for a key, and returns which task the key created, and from what', async () => {
      const [first, second] = [buildContractRow(), buildContractRow()];
      const key = buildKeyRow(first);
      await store().insertOnce(first, key, NOW);
      const again = await store().insertOnce(second, { ...key, task: toKey(second), digest: 'another' }, NOW);
      expect(again).toStrictEqual({ done: false, taken: key });
      expect(await store().read(toKey(second))).toBeUndefined();
    });

    test('returns the key when both key and row are taken', async () => {
      const row = buildContractRow();
      const key = buildKeyRow(row);
      await store().insertOnce(row, key, NOW);
      expect(await store().insertOnce(row, key, NOW)).toStrictEqual({ done: false, taken: key });
    });

    test('leaves the key free when the row is barred', async () => {
      const barred = await insertRow(store(), { void: true });
      const key = buildKeyRow(barred);
      const late = await store().insertOnce(buildContractRow(toKey(barred)), key, NOW);
      expect(late).toStrictEqual({ done: false, row: barred });
      const other = buildContractRow();
      expect(await store().insertOnce(other, { ...key, task: toKey(other) }, NOW)).toMatchObject({ done: true });
    });

    test('adds only the task to the partition where tasks are listed', async () => {
      const row = buildContractRow();
      await store().insertOnce(row, buildKeyRow(row), NOW);
      expect(await store().list(row.partition, { limit: 10 })).toStrictEqual({ rows: [row] });
    });

    test('accepts a key again once its row has expired, swept or not', async () => {
      const [first, second] = [buildContractRow(), buildContractRow()];
      const key = buildKeyRow(first);
      await store().insertOnce(first, key, NOW);
      const again = { ...key, task: toKey(second) };
      expect(await store().insertOnce(second, again, key.ttl * 1000 - 1)).toMatchObject({ done: false });
      expect(await store().insertOnce(second, again, key.ttl * 1000)).toMatchObject({ done: true });
    });
  });
}
