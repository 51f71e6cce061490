import { describe, expect, test } from 'vitest';
import { measurePolls, POLL_DURATIONS_MS } from '../../bench/polls.ts';

describe('what it costs to wait for a task', () => {
  const costs = measurePolls();
  const cost = (durationMs: number, interval: string) => {
    const found = costs.find((each) => each.durationMs === durationMs && each.interval === interval);
    if (!found) throw new Error(`${interval} was not measured for ${durationMs} ms`);
    return found;
  };

  test('a task of 10 minutes is polled 60 times at most and noticed within 5 % of its duration on average', () => {
    for (const interval of ['adaptive', 'adaptive with progress']) {
      expect(cost(600_000, interval).maxPolls).toBeLessThanOrEqual(60);
      expect(cost(600_000, interval).meanDelayMs).toBeLessThanOrEqual(30_000);
    }
  });

  test('never takes more polls than a fixed second', () => {
    for (const durationMs of POLL_DURATIONS_MS)
      for (const interval of ['adaptive', 'adaptive with progress'])
        expect(cost(durationMs, interval).maxPolls).toBeLessThanOrEqual(cost(durationMs, 'fixed').maxPolls);
  });

  test('numbers from the tool save polls and time', () => {
    for (const durationMs of POLL_DURATIONS_MS.filter((each) => each >= 60_000)) {
      const [without, with_] = [cost(durationMs, 'adaptive'), cost(durationMs, 'adaptive with progress')];
      expect(with_.meanPolls).toBeLessThan(without.meanPolls);
      expect(with_.meanDelayMs).toBeLessThan(without.meanDelayMs);
    }
  });
});
