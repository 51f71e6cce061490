/** Inserting and reading rows. */
import { describe, expect, test } from 'vitest';
import { buildContractRow, type GetStore, insertRow, toKey } from './rows.ts';

export function testInsert(store: GetStore): void {
  describe('insert', () => {
    test('writes a row that reads back unchanged', async () => {
      const row = buildContractRow({
        run: 'run-1',
        leaseUntil: 5_000,
        parked: true,
        wakeAt: 6_000,
        endedBy: 'run-0',
        statusMessage: '',
        progress: { done: 0.5, total: 3 },
        capabilities: { form: true, url: false },
        cleanUp: 'onCancel',
        questions: '{}',
        outcome: { at: 'payloads/1', bytes: 5_000_000 },
      });
      expect(await store().insert(row)).toEqual({ done: true, row });
      expect(await store().read(toKey(row))).toStrictEqual(row);
    });

    test('leaves out what is undefined', async () => {
      const row = buildContractRow();
      await store().insert({ ...row, run: undefined, progress: { done: 1, total: undefined } });
      expect(await store().read(toKey(row))).toStrictEqual({ ...row, progress: { done: 1 } });
    });

    test('does not overwrite a row, and returns it', async () => {
      const first = await insertRow(store());
      const second = buildContractRow({ ...toKey(first), nonce: 'of the second' });
      expect(await store().insert(second)).toStrictEqual({ done: false, row: first });
      expect(await store().read(toKey(first))).toStrictEqual(first);
    });

    test('does not overwrite a void row', async () => {
      const barred = await insertRow(store(), { void: true });
      expect(await store().insert(buildContractRow(toKey(barred)))).toStrictEqual({ done: false, row: barred });
    });

    test('separates rows of the same id in different partitions', async () => {
      const mine = await insertRow(store());
      const theirs = await insertRow(store(), { id: mine.id, statusMessage: 'theirs' });
      expect(await store().read(toKey(mine))).toStrictEqual(mine);
      expect(await store().read(toKey(theirs))).toStrictEqual(theirs);
    });

    test('cannot be changed through a row that went in or came out', async () => {
      const row = buildContractRow({ capabilities: { form: true } });
      const { row: written } = await store().insert(row);
      for (const held of [row, written, await store().read(toKey(row))]) {
        // A store may freeze the rows that it returns.
        try {
          Object.assign(held?.capabilities ?? {}, { form: false });
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }
      expect((await store().read(toKey(row)))?.capabilities).toEqual({ form: true });
    });
  });

  describe('read', () => {
    test('returns nothing for a free key', async () => {
      expect(await store().read(toKey(buildContractRow()))).toBeUndefined();
    });

    test('returns void and expired rows as they are', async () => {
      const barred = await insertRow(store(), { void: true });
      const expired = await insertRow(store(), { expiresAt: 1, ttl: 1 });
      expect(await store().read(toKey(barred))).toStrictEqual(barred);
      expect(await store().read(toKey(expired))).toStrictEqual(expired);
    });

    test('refuses a row of a newer format and names the format', async () => {
      const newer = buildContractRow({ v: 2 as 1 });
      await store().insert(newer);
      await expect(store().read(toKey(newer))).rejects.toThrow(/row format 2/);
    });

    test.each([
      ['empty', ''],
      ['longer than any store accepts', 'x'.repeat(100_000)],
      ['longer in bytes than in characters', '\u{1F600}'.repeat(500)],
      ['not well-formed', 'a\ud800b'],
      ['named like a prototype', '__proto__'],
    ])('finds nothing under an id that is %s', async (_, id) => {
      expect(await store().read({ ...toKey(buildContractRow()), id })).toBeUndefined();
      expect(await store().read({ partition: `task#${id}`, id })).toBeUndefined();
    });
  });
}
