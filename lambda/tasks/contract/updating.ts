/** Conditional updates. */
import { describe, expect, test } from 'vitest';
import { exists, heldByRun } from '../conditions.ts';
import { buildContractRow, buildTouch, type GetStore, insertRow, toKey } from './rows.ts';

export function testUpdate(store: GetStore): void {
  describe('update', () => {
    test('sets, adds and removes at once, and returns the row as it is now', async () => {
      const row = await insertRow(store(), { run: 'mine', leaseUntil: 5_000, failures: 2, revision: 7 });
      const written = await store().update({
        key: toKey(row),
        when: [heldByRun('mine')],
        set: { status: 'input_required', parked: true, questions: '{"q":{}}', failures: 0, endedBy: 'mine' },
        add: { generation: 1, revision: -2 },
        remove: ['run', 'leaseUntil'],
      });
      const { run: _, leaseUntil: __, ...kept } = row;
      const expected = {
        ...kept,
        status: 'input_required',
        parked: true,
        questions: '{"q":{}}',
        failures: 0,
        endedBy: 'mine',
        generation: 2,
        revision: 5,
      };
      expect(written).toStrictEqual({ done: true, row: expected });
      expect(await store().read(toKey(row))).toStrictEqual(expected);
    });

    test('returns the row with the mark of the write that made its own retry fail', async () => {
      const row = await insertRow(store(), { run: 'mine' });
      const settle = buildTouch(row, {
        when: [heldByRun('mine')],
        set: { status: 'completed', outcome: '{"result":{}}', endedBy: 'mine' },
        remove: ['run'],
      });
      expect(await store().update(settle)).toMatchObject({ done: true });
      expect(await store().update(settle)).toMatchObject({
        done: false,
        row: { endedBy: 'mine', status: 'completed' },
      });
    });

    test('counts a missing attribute as 0', async () => {
      const { entries: _, ...row } = buildContractRow();
      await store().insert(row as typeof row & { entries: number });
      expect(await store().update({ key: toKey(row), when: [], add: { entries: 1 } })).toMatchObject({
        done: true,
        row: { entries: 1 },
      });
    });

    test('ignores the removal of missing attributes', async () => {
      const row = await insertRow(store());
      expect(await store().update({ key: toKey(row), when: [], remove: ['outcome', 'run'] })).toStrictEqual({
        done: true,
        row,
      });
    });

    test('ignores members that are undefined', async () => {
      const row = await insertRow(store(), { statusMessage: 'before', entries: 4 });
      const written = await store().update({
        key: toKey(row),
        when: [],
        set: { statusMessage: undefined, status: 'working' },
        add: { entries: undefined },
      });
      expect(written).toStrictEqual({ done: true, row });
    });

    test('may change nothing', async () => {
      const row = await insertRow(store());
      expect(await store().update({ key: toKey(row), when: [exists] })).toStrictEqual({ done: true, row });
    });

    test('creates no row when its condition is that one exists', async () => {
      const nowhere = buildContractRow();
      expect(await store().update(buildTouch(nowhere, { when: [exists] }))).toStrictEqual({ done: false });
      expect(await store().read(toKey(nowhere))).toBeUndefined();
    });

    test('replaces a structured attribute as a whole', async () => {
      const row = await insertRow(store(), { progress: { done: 1, total: 9 } });
      const written = await store().update({ key: toKey(row), when: [], set: { progress: { done: 2 } } });
      expect(written.row?.progress).toStrictEqual({ done: 2 });
    });

    test.each([
      ['empty', ''],
      ['longer than any store accepts', 'x'.repeat(100_000)],
      ['not well-formed', 'a\ud800b'],
    ])('changes nothing under an id that is %s', async (_, id) => {
      const nowhere = { partition: `task#${id}`, id };
      expect(await store().update(buildTouch(nowhere, { when: [exists] }))).toStrictEqual({ done: false });
    });
  });
}
