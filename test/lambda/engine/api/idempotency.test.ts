import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { IdempotencyConflict, IdempotencyUnsupported, QuotaExceeded } from '../../../../lambda/engine/errors.ts';
import { defineTool } from '../../../../lambda/index.ts';
import { createTestEngine } from '../../../support/engine.ts';

const tool = defineTool('t', {}, async () => ({ content: [] }));
const other = defineTool('other', {}, async () => ({ content: [] }));
const caller = { owner: 'me' };

describe('a retried call creates no second task', () => {
  test('whether its first response was lost or both race', async () => {
    const { start, store } = createTestEngine([tool]);
    const key = { caller, idempotencyKey: 'k' };
    const [first, second] = await Promise.all([start(tool, key), start(tool, key)]);
    const third = await start(tool, key);
    expect(new Set([first.id, second.id, third.id]).size).toBe(1);
    expect((await store.list('owner#me', { limit: 10 })).rows).toHaveLength(1);
  });

  test('however its arguments are written', async () => {
    const { start } = createTestEngine([tool]);
    const first = await start(tool, { caller, idempotencyKey: 'k', arguments: { a: 1, b: { c: 2, d: [3] } } });
    const again = await start(tool, { caller, idempotencyKey: 'k', arguments: { b: { d: [3], c: 2 }, a: 1 } });
    expect(again.id).toBe(first.id);
  });

  test('also one whose key a server of version 0.1.0 has stored', async () => {
    const { start, store } = createTestEngine([tool]);
    const digest = createHash('sha256').update('["t",[["a",1],["b",[[["c",2]]]]]]').digest('base64url');
    const { insertOnce } = store;
    store.insertOnce = (row, key, now) => insertOnce.call(store, row, { ...key, digest }, now);
    const first = await start(tool, { caller, idempotencyKey: 'k', arguments: { a: 1, b: [{ c: 2 }] } });
    store.insertOnce = insertOnce;
    const again = await start(tool, { caller, idempotencyKey: 'k', arguments: { b: [{ c: 2 }], a: 1 } });
    expect(again.id).toBe(first.id);
  });

  test.each([
    ['an object for an array of its pairs', { a: 1 }, [['a', 1]]],
    ['the same, nested', { x: { a: 1 } }, { x: [['a', 1]] }],
    ['a number for its text', { a: 1 }, { a: '1' }],
  ])('and a call with other arguments is refused: %s', async (_, one, another) => {
    const { start } = createTestEngine([tool]);
    await start(tool, { caller, idempotencyKey: 'k', arguments: one });
    await expect(start(tool, { caller, idempotencyKey: 'k', arguments: another })).rejects.toThrow(IdempotencyConflict);
  });

  test('and leaves behind a message that creates no task', async () => {
    const { start, work, time, engine } = createTestEngine([tool]);
    const { id } = await start(tool, { caller, idempotencyKey: 'k' });
    await start(tool, { caller, idempotencyKey: 'k' });
    time.ahead = 20_000;
    await work();
    expect((await engine.getTask(caller, id)).status).toBe('completed');
  });

  test('but another key, another owner, or no key do', async () => {
    const { start } = createTestEngine([tool]);
    const ids = [
      await start(tool, { caller, idempotencyKey: 'k' }),
      await start(tool, { caller, idempotencyKey: 'l' }),
      await start(tool, { caller: { owner: 'you' }, idempotencyKey: 'k' }),
      await start(tool, { caller }),
    ];
    expect(new Set(ids.map(({ id }) => id)).size).toBe(4);
  });

  test('and a key that was used for something else is refused', async () => {
    const { start } = createTestEngine([tool]);
    await start(tool, { caller, idempotencyKey: 'k' });
    await expect(start(tool, { caller, idempotencyKey: 'k', arguments: { a: 1 } })).rejects.toThrow(
      IdempotencyConflict,
    );
    await expect(start(other, { caller, idempotencyKey: 'k' })).rejects.toThrow(IdempotencyConflict);
  });

  test('and a server that does not distinguish callers refuses keys before anything is sent', async () => {
    const { start, sent } = createTestEngine([tool]);
    await expect(start(tool, { idempotencyKey: 'k' })).rejects.toThrow(IdempotencyUnsupported);
    expect(sent).toEqual([]);
  });
});

describe('the limit of open tasks', () => {
  test('stops an owner who has reached it, and no other', async () => {
    const { start } = createTestEngine([tool], { maxOpenTasks: 5 });
    for (let i = 0; i < 5; i += 1) await start(tool, { caller });
    await expect(start(tool, { caller })).rejects.toThrow(QuotaExceeded);
    await start(tool, { caller: { owner: 'you' } });
    await start(tool);
  });

  test('lets the owner continue as soon as a task has ended', async () => {
    const { start, work } = createTestEngine([tool], { maxOpenTasks: 2 });
    await start(tool, { caller });
    await start(tool, { caller });
    await expect(start(tool, { caller })).rejects.toThrow(QuotaExceeded);
    await work();
    await start(tool, { caller });
  });

  test('counts all shards of an owner', async () => {
    const { start } = createTestEngine([tool], { maxOpenTasks: 8, ownerShards: 4 });
    let made = 0;
    for (; made < 20; made += 1) {
      const refused = await start(tool, { caller }).then(
        () => false,
        () => true,
      );
      if (refused) break;
    }
    expect(made).toBe(8);
  });
});
