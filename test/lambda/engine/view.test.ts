/** What a client may see of a row, and when there is nothing to see. */
import { describe, expect, test } from 'vitest';
import { toTaskView } from '../../../lambda/engine/view.ts';
import { Payloads } from '../../../lambda/payloads/payloads.ts';
import type { PayloadStore } from '../../../lambda/payloads/store.ts';
import { isVisible } from '../../../lambda/tasks/record.ts';
import { buildAskingRow, buildHeldRow, buildQuestion, buildRow, LIFETIME_MS, NOW } from './rows.ts';

const inRow = new Payloads(undefined);

/** A payload store in memory. */
function createMemoryPayloads(): PayloadStore & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    put: async (key, text) => void kept.set(key, text),
    get: async (key) => kept.get(key) ?? Promise.reject(new Error(`no ${key}`)),
  };
}

describe('a row', () => {
  test('is a task until the millisecond of its expiry', () => {
    expect(isVisible(buildRow({ expiresAt: NOW + 1 }), NOW)).toBe(true);
    expect(isVisible(buildRow({ expiresAt: NOW }), NOW)).toBe(false);
  });

  test('that is void or missing is not a task', () => {
    expect(isVisible(buildRow({ void: true }), NOW)).toBe(false);
    expect(isVisible(undefined, NOW)).toBe(false);
  });
});

describe('a view', () => {
  test('shows nothing of leases, generations and other internals', async () => {
    expect(await toTaskView(buildHeldRow({ statusMessage: 'at it' }), NOW, inRow)).toEqual({
      id: 't1',
      tool: 'tool',
      era: '2026-07-28',
      status: 'working',
      statusMessage: 'at it',
      createdAt: NOW,
      lastUpdatedAt: NOW,
      ttlMs: LIFETIME_MS,
      pollIntervalMs: 1_000,
      questions: {},
    });
  });

  test('counts ttlMs from creation to the present expiry', async () => {
    const done = buildRow({ status: 'completed', outcome: '{"result":{}}', expiresAt: NOW + 90_000 });
    expect((await toTaskView(done, NOW + 30_000, inRow)).ttlMs).toBe(90_000);
  });

  test('shows only outstanding questions, verbatim and in the order they were asked', async () => {
    const row = buildAskingRow({
      z: buildQuestion({ params: { mode: 'form', message: 'Zuerst?' } }),
      answered: buildQuestion({ answer: { result: {} } }),
      withdrawn: buildQuestion({ withdrawn: true }),
      nap: buildQuestion({ method: 'sleep', deadline: NOW + 1 }),
      outside: buildQuestion({ method: 'external' }),
      a: buildQuestion(),
    });
    const { questions } = await toTaskView(row, NOW, inRow);
    expect(Object.keys(questions)).toEqual(['z', 'a']);
    expect(questions.z).toEqual({ method: 'elicitation/create', params: { mode: 'form', message: 'Zuerst?' } });
  });

  test('shows progress while the task is open, and not after', async () => {
    const progress = { done: 1, total: 2 };
    expect(await toTaskView(buildHeldRow({ progress }), NOW, inRow)).toMatchObject({ progress });
    expect(await toTaskView(buildRow({ status: 'cancelled', progress }), NOW, inRow)).not.toHaveProperty('progress');
  });

  test('shows the outcome of a task that has one', async () => {
    const error = { code: -32603, message: 'no' };
    const row = buildRow({ status: 'failed', outcome: JSON.stringify({ error }) });
    expect((await toTaskView(row, NOW, inRow)).outcome).toEqual({ error });
    expect(await toTaskView(buildRow(), NOW, inRow)).not.toHaveProperty('outcome');
  });
});

describe('a payload', () => {
  test('stays in the row up to its limit in bytes, and goes to the store beyond', async () => {
    const store = createMemoryPayloads();
    const payloads = new Payloads(store);
    expect(await payloads.pack('"éé"', 6, 'k1')).toBe('"éé"');
    expect(await payloads.pack('"ééé"', 6, 'k2')).toEqual({ at: 'k2', bytes: 8 });
    expect([...store.kept]).toEqual([['k2', '"ééé"']]);
  });

  test('comes back unchanged from either', async () => {
    const payloads = new Payloads(createMemoryPayloads());
    for (const json of ['{"a":1}', `"${'x'.repeat(50)}"`])
      expect(await payloads.unpack(await payloads.pack(json, 20, 'k'))).toBe(json);
  });

  test('that is in the payload store cannot be read without it: the error names its key', async () => {
    await expect(inRow.unpack({ at: 'k', bytes: 9 })).rejects.toThrow('no payload store is configured');
  });
});
