import { describe, expect, test } from 'vitest';
import { measurePolls, POLL_DURATIONS_MS } from '../../bench/polls.ts';

describe('polling for the end of a task', () => {
  const costs = measurePolls();
  const findCost = (durationMs: number, interval: string) => {
    const cost = costs.find((each) => each.durationMs === durationMs && each.interval === interval);
    if (!cost) throw new Error(`${interval} was not measured for ${durationMs} ms`);
    return cost;
  };

  test('takes at most 60 polls for a task of 10 minutes, and on average notices its end within 5 % of its duration', () => {
    for (const interval of ['adaptive', 'adaptive with progress']) {
      expect(findCost(600_000, interval).maxPolls).toBeLessThanOrEqual(60);
      expect(findCost(600_000, interval).meanDelayMs).toBeLessThanOrEqual(30_000);
    }
  });

  test('never takes more polls than a fixed interval of one second', () => {
    for (const durationMs of POLL_DURATIONS_MS)
      for (const interval of ['adaptive', 'adaptive with progress'])
        expect(findCost(durationMs, interval).maxPolls).toBeLessThanOrEqual(findCost(durationMs, 'fixed').maxPolls);
  });

  test('takes fewer polls and notices the end earlier when the tool reports numbers', () => {
    for (const durationMs of POLL_DURATIONS_MS.filter((each) => each >= 60_000)) {
      const adaptive = findCost(durationMs, 'adaptive');
      const withProgress = findCost(durationMs, 'adaptive with progress');
      expect(withProgress.meanPolls).toBeLessThan(adaptive.meanPolls);
      expect(withProgress.meanDelayMs).toBeLessThan(adaptive.meanDelayMs);
    }
  });
});
