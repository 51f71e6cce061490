import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DistinctCount, FrequentValues, Quantiles } from '../../../examples/datasets/sketches.ts';

describe('DistinctCount', () => {
  test('is exact up to its limit', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2 }), { maxLength: 300 }), (values) => {
        const count = new DistinctCount(300);
        for (const value of values) count.add(value);
        expect(count.estimate()).toEqual({ count: new Set(values).size, approximate: false });
      }),
    );
  });

  test('beyond its limit is a close estimate, and marked as one', () => {
    for (const [prefix, distinct] of [
      ['', 100_000],
      ['user-', 250_000],
      ['https://example.com/item?id=', 30_000],
    ] as const) {
      const count = new DistinctCount(10_000);
      for (let round = 0; round < 2; round++) for (let i = 0; i < distinct; i++) count.add(`${prefix}${i}`);
      const { count: estimate, approximate } = count.estimate();
      expect(approximate).toBe(true);
      // Five standard errors of 1.2 %.
      expect(Math.abs(estimate - distinct) / distinct).toBeLessThan(0.06);
    }
  });

  test('does not depend on the order of the values', () => {
    const [up, down] = [new DistinctCount(100), new DistinctCount(100)];
    for (let i = 0; i < 5_000; i++) up.add(String(i));
    for (let i = 4_999; i >= 0; i--) down.add(String(i));
    expect(up.estimate()).toEqual(down.estimate());
  });
});

describe('FrequentValues', () => {
  test('is exact while there are few different values', () => {
    const frequent = new FrequentValues(3);
    for (const value of 'abacabb') frequent.add(value);
    expect(frequent.findTop(2)).toEqual({
      values: [
        { value: 'a', count: 3 },
        { value: 'b', count: 3 },
      ],
      approximate: false,
    });
  });

  test('beyond its limit never counts too high, and too low by at most n / (limit + 1)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 500 }), (numbers) => {
        const limit = 7;
        const frequent = new FrequentValues(limit);
        const counts = new Map<string, number>();
        for (const value of numbers.map(String)) {
          frequent.add(value);
          counts.set(value, (counts.get(value) ?? 0) + 1);
        }
        const { values, approximate } = frequent.findTop(limit);
        const kept = new Map(values.map(({ value, count }) => [value, count]));
        expect(approximate || counts.size <= limit).toBe(true);
        for (const [value, count] of counts) {
          // A count of 1 is not reported, so it may be missing as well.
          const told = kept.get(value) ?? 0;
          expect(told).toBeLessThanOrEqual(count);
          expect(told).toBeGreaterThanOrEqual(count - numbers.length / (limit + 1) - (told === 0 ? 1 : 0));
        }
      }),
    );
  });
});

describe('Quantiles', () => {
  test('interpolates between ranks', () => {
    const quantiles = new Quantiles(10);
    for (const value of [40, 10, 30, 20]) quantiles.add(value);
    expect(quantiles.estimate([0, 0.25, 0.5, 1])).toEqual({ values: [10, 17.5, 25, 40], approximate: false });
  });

  test('sorts as numbers do', () => {
    const quantiles = new Quantiles(10);
    for (const value of [100, 9, -20, -3]) quantiles.add(value);
    expect(quantiles.estimate([0, 1]).values).toEqual([-20, 100]);
  });

  test('beyond its limit is an estimate within the documented error, marked as one, and the same each time', () => {
    const run = () => {
      const quantiles = new Quantiles(10_000);
      // In rising order, so that keeping only the first values would be far off.
      for (let i = 0; i <= 200_000; i++) quantiles.add(i);
      return quantiles.estimate([0.05, 0.5, 0.95]);
    };
    const { values, approximate } = run();
    expect(approximate).toBe(true);
    for (const [at, share] of [0.05, 0.5, 0.95].entries())
      expect(Math.abs((values[at] ?? Number.NaN) / 200_000 - share)).toBeLessThan(0.015);
    expect(run().values).toEqual(values);
  });
});
