import { describe, expect, test } from 'vitest';
import { computeDollarsPerMillion, estimateInRequestWait, measureBlocking } from '../../bench/blocking.ts';

const TEN_MINUTES = 600_000;

describe('waiting ten minutes for tasks/result', () => {
  test('takes one read for each of some sixty requests, and no writes', async () => {
    const cost = await measureBlocking(TEN_MINUTES, 'works');
    expect(cost.requests).toBeGreaterThan(24);
    expect(cost.requests).toBeLessThan(70);
    expect(cost).toMatchObject({ reads: cost.requests, writes: 0 });
    expect(cost.lateMs).toBeLessThan(31_000);
  });

  test('with an open question, records now and then that its stream is being read', async () => {
    const cost = await measureBlocking(TEN_MINUTES, 'asks');
    expect(cost.reads).toBe(cost.requests);
    expect(cost.writes).toBeGreaterThan(0);
    expect(cost.writes).toBeLessThan(cost.requests / 3);
  });

  test('costs a small part of a wait inside requests', async () => {
    const resumed = computeDollarsPerMillion(await measureBlocking(TEN_MINUTES, 'works'));
    expect(computeDollarsPerMillion(estimateInRequestWait(TEN_MINUTES)) / resumed).toBeGreaterThan(24);
  });
});
