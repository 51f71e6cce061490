/** Recording steps, and reading the journal. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { heldByRun } from '../conditions.ts';
import type { TaskKey } from '../record.ts';
import type { Change } from '../store.ts';
import { buildContractRow, buildTestEntry, type GetStore, insertRow, toKey } from './rows.ts';

/** What a step changes in the row: it renews the lease and counts as progress. */
const buildStepChange = (row: TaskKey, run = 'mine'): Change => ({
  key: toKey(row),
  when: [heldByRun(run)],
  set: { leaseUntil: 70_000, failures: 0 },
  add: { entries: 1 },
});

export function testJournal(store: GetStore): void {
  describe('record', () => {
    test('stores the entry and changes the row', async () => {
      const row = await insertRow(store(), { run: 'mine', failures: 2 });
      const entry = buildTestEntry(row);
      expect(await store().record(buildStepChange(row), entry, randomUUID())).toMatchObject({ done: true });
      expect(await store().journal(row.id)).toStrictEqual([entry]);
      expect(await store().read(toKey(row))).toStrictEqual({ ...row, leaseUntil: 70_000, failures: 0, entries: 1 });
    });

    test('succeeds when it is retried with its token, and changes the row once', async () => {
      const row = await insertRow(store(), { run: 'mine' });
      const entry = buildTestEntry(row);
      const token = randomUUID();
      await store().record(buildStepChange(row), entry, token);
      expect(await store().record(buildStepChange(row), entry, token)).toMatchObject({ done: true });
      expect((await store().read(toKey(row)))?.entries).toBe(1);
    });

    test('accepts tokens of any length', async () => {
      const row = await insertRow(store(), { run: 'mine' });
      const token = 'step:a-long-name#1'.repeat(20) + randomUUID();
      expect(await store().record(buildStepChange(row), buildTestEntry(row), token)).toMatchObject({ done: true });
      expect(await store().record(buildStepChange(row), buildTestEntry(row), token)).toMatchObject({ done: true });
      const other = buildTestEntry(row, { id: 'step:scan#2' });
      expect(await store().record(buildStepChange(row), other, `${token}.`)).toMatchObject({ done: true });
      expect(await store().journal(row.id)).toHaveLength(2);
    });

    test('stores no entry when the run has ended, and returns the row', async () => {
      const row = await insertRow(store(), { run: 'theirs' });
      const refused = await store().record(buildStepChange(row), buildTestEntry(row), randomUUID());
      expect(refused).toStrictEqual({ done: false, row });
      expect(await store().journal(row.id)).toEqual([]);
      expect(await store().read(toKey(row))).toStrictEqual(row);
    });

    test('stores no entry when there is no row', async () => {
      const row = buildContractRow();
      expect(await store().record(buildStepChange(row), buildTestEntry(row), randomUUID())).toStrictEqual({
        done: false,
      });
      expect(await store().journal(row.id)).toEqual([]);
      expect(await store().read(toKey(row))).toBeUndefined();
    });

    test('changes neither an entry that exists nor the row', async () => {
      const row = await insertRow(store(), { run: 'mine' });
      const first = buildTestEntry(row);
      await store().record(buildStepChange(row), first, randomUUID());
      const second = await store().record(buildStepChange(row), { ...first, value: '"another"' }, randomUUID());
      expect(second.done).toBe(false);
      expect(await store().journal(row.id)).toStrictEqual([first]);
      expect((await store().read(toKey(row)))?.entries).toBe(1);
    });

    test('returns the row when the run has ended and the entry exists too', async () => {
      const row = await insertRow(store(), { run: 'mine' });
      await store().record(buildStepChange(row), buildTestEntry(row), randomUUID());
      const late = await store().record(buildStepChange(row, 'another'), buildTestEntry(row), randomUUID());
      expect(late).toMatchObject({ done: false, row: { run: 'mine' } });
    });

    test('stores the reference to a large value', async () => {
      const row = await insertRow(store(), { run: 'mine' });
      const entry = buildTestEntry(row, { value: { at: 'payloads/1', bytes: 5_000_000 } });
      await store().record(buildStepChange(row), entry, randomUUID());
      expect(await store().journal(row.id)).toStrictEqual([entry]);
    });
  });

  describe('journal', () => {
    test('is empty for a task that recorded nothing', async () => {
      expect(await store().journal(`task-${randomUUID()}`)).toEqual([]);
    });

    test('is complete however large it is, and belongs to one task only', async () => {
      const row = await insertRow(store(), { run: 'mine' });
      const other = await insertRow(store(), { run: 'mine' });
      await store().record(buildStepChange(other), buildTestEntry(other), randomUUID());
      // Eight entries of 300 KB are more than two of DynamoDB's pages.
      const entries = Array.from({ length: 8 }, (_, at) =>
        buildTestEntry(row, { id: `step:chunk#${at}`, value: JSON.stringify(`${at}`.repeat(300_000)) }),
      );
      for (const entry of entries) await store().record(buildStepChange(row), entry, randomUUID());
      const read = await store().journal(row.id);
      expect([...read].sort((a, b) => a.id.localeCompare(b.id))).toStrictEqual(entries);
    });

    test('is not listed with tasks', async () => {
      const row = await insertRow(store(), { run: 'mine' });
      await store().record(buildStepChange(row), buildTestEntry(row), randomUUID());
      expect((await store().list(row.partition, { limit: 10 })).rows.map(({ id }) => id)).toEqual([row.id]);
    });
  });
}
