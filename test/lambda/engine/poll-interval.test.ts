import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computePollIntervalMs } from '../../../lambda/engine/poll-interval.ts';
import type { TaskRow } from '../../../lambda/tasks/record.ts';

const poll = { min: 1_000, max: 30_000 };
const begun = 1_790_000_000_000;
type PollInputs = Pick<TaskRow, 'status' | 'phaseAt' | 'poll' | 'progress'>;
const working: PollInputs = { status: 'working', phaseAt: begun, poll };
const computeInterval = (ageMs: number, facts: Partial<PollInputs> = {}) =>
  computePollIntervalMs({ ...working, ...facts }, begun + ageMs);

describe('the poll interval', () => {
  test('is a tenth of the age of the task, within the bounds of the tool', () => {
    expect([0, 10_000, 60_000, 300_000, 3_600_000].map((age) => computeInterval(age))).toEqual([
      1_000, 1_000, 6_000, 30_000, 30_000,
    ]);
    expect(computeInterval(60_000, { poll: { min: 8_000, max: 9_000 } })).toBe(8_000);
    expect(computeInterval(3_600_000, { poll: { min: 200, max: 2_500 } })).toBe(2_500);
  });

  test('is short again after an answer', () => {
    expect(computeInterval(600_000)).toBe(30_000);
    expect(computeInterval(600_000, { phaseAt: begun + 599_000 })).toBe(1_000);
  });

  test('grows faster far from an end that progress predicts, and shrinks towards it', () => {
    const at = (done: number) => computeInterval(60_000, { progress: { done, total: 100 } });
    expect(at(10)).toBe(12_000);
    expect(at(90)).toBe(3_333);
    expect(at(98)).toBe(1_000);
  });

  test('does not stay short when a tool works on long after its last percent', () => {
    const done = { progress: { done: 100, total: 100 } };
    expect(computeInterval(60_000, done)).toBe(1_000);
    expect(computeInterval(3_600_000, done)).toBe(18_000);
  });

  test.each([
    ['no total', { done: 3 }],
    ['nothing done yet', { done: 0, total: 10 }],
    ['more done than there is', { done: 11, total: 10 }],
    ['a total of nothing', { done: 0, total: 0 }],
  ])('follows the age where progress shows no pace: %s', (_, progress) => {
    expect(computeInterval(60_000, { progress })).toBe(6_000);
  });

  test('is the shortest one for a task that has ended', () => {
    for (const status of ['completed', 'failed', 'cancelled'] as const)
      expect(computeInterval(600_000, { status })).toBe(1_000);
  });

  test('is a whole number within the bounds, whatever the row says', () => {
    const number = fc.double({ noNaN: true });
    fc.assert(
      fc.property(
        ...([fc.integer(), number, fc.option(number), fc.nat(100_000), fc.nat(1e6)] as const),
        (age, done, total, min, more) => {
          const bounds = { min: min + 1, max: min + 1 + more };
          const ms = computeInterval(age, { poll: bounds, progress: { done, ...(total !== null && { total }) } });
          expect(Number.isInteger(ms)).toBe(true);
          expect(ms).toBeGreaterThanOrEqual(bounds.min);
          expect(ms).toBeLessThanOrEqual(bounds.max);
        },
      ),
    );
  });
});
