import { describe, expect, test } from 'vitest';
import { computeDollarsPerMillion, estimateInRequestWait, measureBlocking } from '../../bench/blocking.ts';

const TEN_MINUTES = 600_000;

describe('waiting ten minutes for tasks/result', () => {
  test('takes one read for each request, some sixty of them, and writes nothing', async () => {
    const waited = await measureBlocking(TEN_MINUTES, 'works');
    expect(waited.requests).toBeGreaterThan(24);
    expect(waited.requests).toBeLessThan(70);
    expect(waited).toMatchObject({ reads: waited.requests, writes: 0 });
    expect(waited.lateMs).toBeLessThan(31_000);
  });

  test('with a question open, it writes now and then that its stream is read', async () => {
    const waited = await measureBlocking(TEN_MINUTES, 'asks');
    expect(waited.reads).toBe(waited.requests);
    expect(waited.writes).toBeGreaterThan(0);
    expect(waited.writes).toBeLessThan(waited.requests / 3);
  });

  test('costs a small part of what it costs to wait inside of requests', async () => {
    const closed = computeDollarsPerMillion(await measureBlocking(TEN_MINUTES, 'works'));
    expect(computeDollarsPerMillion(estimateInRequestWait(TEN_MINUTES)) / closed).toBeGreaterThan(24);
  });
});
