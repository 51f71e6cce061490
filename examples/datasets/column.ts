/** The profile of one column, gathered cell by cell. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseCell, type ValueType } from './cell.ts';
import { DistinctCount, FrequentValues, Quantiles } from './sketches.ts';

const approximateFlag = z
  .boolean()
  .describe('Whether this is an estimate, because there were too many values to keep.');

export const columnProfile = z.object({
  name: z.string(),
  type: z
    .enum(['boolean', 'integer', 'number', 'date', 'string', 'empty'])
    .describe('The narrowest type that all cells fit that are not empty.'),
  nulls: z.number().int().describe('Empty cells.'),
  distinct: z
    .object({ count: z.number().int(), approximate: approximateFlag })
    .describe('Different values, empty cells left out.'),
  top: z
    .object({ values: z.array(z.object({ value: z.string(), count: z.number().int() })), approximate: approximateFlag })
    .describe('The most frequent values, of those that occur more than once. An estimated count is never too high.'),
  numbers: z
    .object({
      min: z.number(),
      max: z.number(),
      mean: z.number(),
      quantiles: z.object({ p05: z.number(), p25: z.number(), p50: z.number(), p75: z.number(), p95: z.number() }),
      approximate: approximateFlag.describe(
        'Whether the quantiles are those of a sample; min, max and mean never are.',
      ),
    })
    .optional(),
  dates: z.object({ earliest: z.string(), latest: z.string() }).describe('ISO 8601, UTC.').optional(),
});

export type ColumnProfile = z.infer<typeof columnProfile>;

/** All columns together keep at most so many values, a column of a narrow table at most 50,000. */
const MAX_TRACKED_VALUES = 500_000;
const MAX_TRACKED_PER_COLUMN = 50_000;

/** How many values each of so many columns may keep: up to there its figures are exact. */
export const computeColumnLimit = (columns: number): number =>
  Math.min(MAX_TRACKED_PER_COLUMN, Math.floor(MAX_TRACKED_VALUES / columns));

const MAX_TOP_VALUES = 5;

export class ColumnProfiler {
  readonly #name: string;
  readonly #distinct: DistinctCount;
  readonly #frequent: FrequentValues;
  #type: ValueType | undefined;
  #nulls = 0;
  #numbers: NumberSummary | undefined;
  #earliest = Number.POSITIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;

  /** @param kept how many values it may keep */
  constructor(name: string, kept: number) {
    this.#name = name;
    this.#distinct = new DistinctCount(kept);
    this.#frequent = new FrequentValues(kept);
    this.#numbers = new NumberSummary(kept);
  }

  add(cell: string): void {
    const text = cell.trim();
    if (text === '') {
      this.#nulls += 1;
      return;
    }
    const key = toValueKey(text);
    this.#distinct.add(key);
    this.#frequent.add(key);
    if (this.#type === 'string') return;
    const value = parseCell(text);
    this.#type = this.#type === undefined ? value.type : widenType(this.#type, value.type);
    if ('number' in value) this.#numbers?.add(value.number);
    if ('time' in value) {
      this.#earliest = Math.min(this.#earliest, value.time);
      this.#latest = Math.max(this.#latest, value.time);
    }
    // Of a column that turned out to be text, the numbers are no longer wanted.
    if (this.#type === 'string') this.#numbers = undefined;
  }

  toProfile(): ColumnProfile {
    const { values, approximate } = this.#frequent.findTop(MAX_TOP_VALUES);
    const isNumeric = this.#type === 'integer' || this.#type === 'number';
    return {
      name: this.#name,
      type: this.#type ?? 'empty',
      nulls: this.#nulls,
      distinct: this.#distinct.estimate(),
      top: { values: values.map(({ value, count }) => ({ value: formatValue(value), count })), approximate },
      ...(isNumeric && this.#numbers && { numbers: this.#numbers.toSummary() }),
      ...(this.#type === 'date' && {
        dates: { earliest: formatIsoTime(this.#earliest), latest: formatIsoTime(this.#latest) },
      }),
    };
  }
}

class NumberSummary {
  readonly #quantiles: Quantiles;
  #count = 0;
  #mean = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#quantiles = new Quantiles(limit);
  }

  add(value: number): void {
    this.#count += 1;
    // A running mean neither overflows nor loses small values to a large sum.
    this.#mean += (value - this.#mean) / this.#count;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#quantiles.add(value);
  }

  toSummary(): NonNullable<ColumnProfile['numbers']> {
    const { values, approximate } = this.#quantiles.estimate([0.05, 0.25, 0.5, 0.75, 0.95]);
    const [p05, p25, p50, p75, p95] = values as [number, number, number, number, number];
    const quantiles = { p05, p25, p50, p75, p95 };
    return { min: this.#min, max: this.#max, mean: this.#mean, quantiles, approximate };
  }
}

const widenType = (a: ValueType, b: ValueType): ValueType => {
  if (a === b) return a;
  const numeric = (type: ValueType) => type === 'integer' || type === 'number';
  return numeric(a) && numeric(b) ? 'number' : 'string';
};

const MAX_PLAIN_KEY_LENGTH = 100;
const PREVIEW_LENGTH = 60;

/** A long value is kept as its beginning and a digest, so that a column of essays takes no more memory. */
const toValueKey = (text: string): string =>
  text.length <= MAX_PLAIN_KEY_LENGTH
    ? text
    : `${text.slice(0, PREVIEW_LENGTH)}\0${createHash('sha256').update(text).digest('base64url')}`;

const formatValue = (key: string): string =>
  (key.length <= PREVIEW_LENGTH ? key : `${key.slice(0, PREVIEW_LENGTH)}…`).toWellFormed();

/** Midnight is shown as the day alone. */
const formatIsoTime = (time: number): string =>
  new Date(time).toISOString().replace(/(T00:00:00)?\.000Z$/, (_, day) => (day ? '' : 'Z'));
