/** What a client may see of a row, and when there is nothing to see. */
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../lambda/engine/view.ts';
import { Payloads } from '../../../lambda/payloads/payloads.ts';
import type { PayloadStore } from '../../../lambda/payloads/store.ts';
import { isVisible } from '../../../lambda/tasks/record.ts';
import { asking, held, LIFETIME_MS, NOW, question, rowOf } from './rows.ts';

const inRow = new Payloads(undefined);

/** A payload store in memory. */
function payloadStore(): PayloadStore & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    put: async (key, text) => void kept.set(key, text),
    get: async (key) => kept.get(key) ?? Promise.reject(new Error(`no ${key}`)),
  };
}

describe('a row', () => {
  it('is a task until the millisecond of its expiry', () => {
    expect(isVisible(rowOf({ expiresAt: NOW + 1 }), NOW)).toBe(true);
    expect(isVisible(rowOf({ expiresAt: NOW }), NOW)).toBe(false);
  });

  it('that is void or missing is no task', () => {
    expect(isVisible(rowOf({ void: true }), NOW)).toBe(false);
    expect(isVisible(undefined, NOW)).toBe(false);
  });
});

describe('a view', () => {
  it('shows nothing of how the task is kept alive', async () => {
    expect(await viewOf(held({ statusMessage: 'at it' }), NOW, inRow)).toEqual({
      ...{ id: 't1', tool: 'tool', era: '2026-07-28', status: 'working', statusMessage: 'at it' },
      ...{ createdAt: NOW, lastUpdatedAt: NOW, ttlMs: LIFETIME_MS, pollIntervalMs: 1_000, questions: {} },
    });
  });

  it('counts ttlMs from creation to expiry as things stand now', async () => {
    const done = rowOf({ status: 'completed', outcome: '{"result":{}}', expiresAt: NOW + 90_000 });
    expect((await viewOf(done, NOW + 30_000, inRow)).ttlMs).toBe(90_000);
  });

  it('shows outstanding questions alone, verbatim and in the order they were asked', async () => {
    const row = asking({
      z: question({ params: { mode: 'form', message: 'Zuerst?' } }),
      answered: question({ answer: { result: {} } }),
      withdrawn: question({ withdrawn: true }),
      nap: question({ method: 'sleep', deadline: NOW + 1 }),
      outside: question({ method: 'external' }),
      a: question(),
    });
    const { questions } = await viewOf(row, NOW, inRow);
    expect(Object.keys(questions)).toEqual(['z', 'a']);
    expect(questions.z).toEqual({ method: 'elicitation/create', params: { mode: 'form', message: 'Zuerst?' } });
  });

  it('shows progress while the task is open, and not after', async () => {
    const progress = { done: 1, total: 2 };
    expect(await viewOf(held({ progress }), NOW, inRow)).toMatchObject({ progress });
    expect(await viewOf(rowOf({ status: 'cancelled', progress }), NOW, inRow)).not.toHaveProperty('progress');
  });

  it('shows the outcome of a task that has one', async () => {
    const error = { code: -32603, message: 'no' };
    const row = rowOf({ status: 'failed', outcome: JSON.stringify({ error }) });
    expect((await viewOf(row, NOW, inRow)).outcome).toEqual({ error });
    expect(await viewOf(rowOf(), NOW, inRow)).not.toHaveProperty('outcome');
  });
});

describe('a payload', () => {
  it('stays in the row up to its limit in bytes, and goes to the store beyond', async () => {
    const store = payloadStore();
    const payloads = new Payloads(store);
    expect(await payloads.pack('"éé"', 6, 'k1')).toBe('"éé"');
    expect(await payloads.pack('"ééé"', 6, 'k2')).toEqual({ at: 'k2', bytes: 8 });
    expect([...store.kept]).toEqual([['k2', '"ééé"']]);
  });

  it('comes back as it was, from either', async () => {
    const payloads = new Payloads(payloadStore());
    for (const json of ['{"a":1}', `"${'x'.repeat(50)}"`])
      expect(await payloads.unpack(await payloads.pack(json, 20, 'k'))).toBe(json);
  });

  it('that is kept elsewhere cannot be read without the store, and says so', async () => {
    await expect(inRow.unpack({ at: 'k', bytes: 9 })).rejects.toThrow('no payload store is configured');
  });
});
