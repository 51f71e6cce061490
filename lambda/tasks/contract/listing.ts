/** Listing the rows of a partition. */
import { describe, expect, test } from 'vitest';
import type { TaskRow } from '../record.ts';
import type { TaskStore } from '../store.ts';
import { createPartition, type GetStore, insertRow } from './rows.ts';

/** All pages of a list in order. */
const listAllPages = async (
  store: TaskStore,
  partition: string,
  limit: number,
): Promise<readonly (readonly TaskRow[])[]> => {
  const all: (readonly TaskRow[])[] = [];
  let after: string | undefined;
  do {
    const page = await store.list(partition, after === undefined ? { limit } : { limit, after });
    all.push(page.rows);
    after = page.next;
  } while (after !== undefined);
  return all;
};

const toIds = (rows: readonly TaskRow[]) => rows.map(({ id }) => id);

export function testList(store: GetStore): void {
  describe('list', () => {
    test('is empty for an owner without tasks', async () => {
      expect(await store().list(createPartition(), { limit: 10 })).toStrictEqual({ rows: [] });
      expect(await store().list('', { limit: 10 })).toStrictEqual({ rows: [] });
    });

    test('returns whole rows, newest first, whatever the order in which they were written', async () => {
      const partition = createPartition();
      const inserted = [];
      for (const id of ['0002', '0010', '0001']) inserted.push(await insertRow(store(), { partition, id }));
      const { rows } = await store().list(partition, { limit: 10 });
      expect(rows).toStrictEqual([inserted[1], inserted[0], inserted[2]]);
    });

    test('pages through all rows, and marks the last page', async () => {
      const partition = createPartition();
      for (const id of ['1', '2', '3', '4', '5', '6']) await insertRow(store(), { partition, id });
      expect((await listAllPages(store(), partition, 4)).map(toIds)).toEqual([
        ['6', '5', '4', '3'],
        ['2', '1'],
      ]);
      // Two full pages: the second one is marked as the last.
      expect((await listAllPages(store(), partition, 3)).map(toIds)).toEqual([
        ['6', '5', '4'],
        ['3', '2', '1'],
      ]);
    });

    test('continues after an id that does not exist (any more)', async () => {
      const partition = createPartition();
      for (const id of ['a', 'c', 'e']) await insertRow(store(), { partition, id });
      expect(toIds((await store().list(partition, { limit: 10, after: 'd' })).rows)).toEqual(['c', 'a']);
      expect(toIds((await store().list(partition, { limit: 10, after: 'a' })).rows)).toEqual([]);
      expect(toIds((await store().list(partition, { limit: 10, after: '' })).rows)).toEqual([]);
    });

    test('leaves void rows out without cutting a page or the list short', async () => {
      const partition = createPartition();
      const barred = new Set(['07', '06', '05', '04', '01']);
      for (let at = 1; at <= 9; at++) {
        const id = `0${at}`;
        await insertRow(store(), { partition, id, ...(barred.has(id) && { void: true as const }) });
      }
      expect((await listAllPages(store(), partition, 3)).map(toIds)).toEqual([['09', '08', '03'], ['02']]);
      expect((await listAllPages(store(), partition, 2)).map(toIds)).toEqual([
        ['09', '08'],
        ['03', '02'],
      ]);
    });

    test('fills a page from rows that are together larger than a page of the database', async () => {
      const partition = createPartition();
      for (let at = 1; at <= 8; at++) {
        await insertRow(store(), {
          partition,
          id: `0${at}`,
          outcome: JSON.stringify({ result: { text: 'x'.repeat(300_000) } }),
        });
      }
      expect((await listAllPages(store(), partition, 6)).map(toIds)).toEqual([
        ['08', '07', '06', '05', '04', '03'],
        ['02', '01'],
      ]);
    });

    test('shows an owner no rows of another', async () => {
      const mine = await insertRow(store());
      await insertRow(store(), { partition: `${mine.partition}0` });
      expect(await store().list(mine.partition, { limit: 10 })).toStrictEqual({ rows: [mine] });
    });

    test('refuses a row of a newer format and names the format', async () => {
      const newer = await insertRow(store(), { v: 2 as 1 });
      await expect(store().list(newer.partition, { limit: 10 })).rejects.toThrow(/row format 2/);
    });
  });
}
