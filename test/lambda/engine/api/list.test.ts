import { describe, expect, test } from 'vitest';
import { defineTool } from '../../../../lambda/index.ts';
import { createTestEngine } from '../../../support/engine.ts';

const tool = defineTool('tool', { lifetimeMs: 1_000_000 }, () => ({ content: [] }));

describe('an owner’s tasks', () => {
  test.each([1, 3, 8])('spread over %i shards, are one list, newest first', async (ownerShards) => {
    const { engine, start, time } = createTestEngine([tool], { ownerShards, maxOpenTasks: 0 });
    const ada = { owner: 'ada' };
    const ids: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      time.ahead += 5;
      ids.unshift((await start(tool, { caller: ada })).id);
    }
    await start(tool, { caller: { owner: 'bob' } });
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let after: string | undefined; ; ) {
      const page = await engine.listTasks(ada, { limit: 15, ...(after !== undefined && { after }) });
      seen.push(...page.tasks.map(({ id }) => id));
      sizes.push(page.tasks.length);
      after = page.next;
      if (after === undefined) break;
    }
    expect(seen).toEqual(ids);
    expect(sizes).toEqual([15, 15, 10]);
  });

  test('a page of expired tasks only is skipped', async () => {
    const { engine, start, time } = createTestEngine([tool], { ownerShards: 2 });
    const caller = { owner: 'ada' };
    const short = defineTool('short', { lifetimeMs: 10_000 }, () => ({ content: [] }));
    const kept = await start(tool, { caller });
    for (let n = 0; n < 20; n += 1) {
      time.ahead += 5;
      await start(short, { caller });
    }
    time.ahead += 20_000;
    const { tasks, next } = await engine.listTasks(caller, { limit: 5 });
    expect({ ids: tasks.map(({ id }) => id), next }).toEqual({ ids: [kept.id], next: undefined });
  });

  test('are none where the server does not distinguish callers', async () => {
    const { engine, start } = createTestEngine([tool]);
    await start(tool);
    expect(await engine.listTasks({}, { limit: 10 })).toEqual({ tasks: [] });
  });
});
