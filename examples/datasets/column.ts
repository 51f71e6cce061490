/** The profile of one column, computed cell by cell. */
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
    .describe('The narrowest type that fits every cell that is not empty.'),
  nulls: z.number().int().describe('Empty cells.'),
  distinct: z
    .object({ count: z.number().int(), approximate: approximateFlag })
    .describe('Different values, not counting empty cells.'),
  top: z
    .object({ values: z.array(z.object({ value: z.string(), count: z.number().int() })), approximate: approximateFlag })
    .describe('The most frequent of the values that occur more than once. An estimated count is never too high.'),
  numbers: z
    .object({
      min: z.number(),
      max: z.number(),
      mean: z.number(),
      quantiles: z.object({ p05: z.number(), p25: z.number(), p50: z.number(), p75: z.number(), p95: z.number() }),
      approximate: approximateFlag.describe(
        'Whether the quantiles are those of a sample; min, max and mean are always exact.',
      ),
    })
    .optional(),
  dates: z.object({ earliest: z.string(), latest: z.string() }).describe('ISO 8601, UTC.').optional(),
});

export type ColumnProfile = z.infer<typeof columnProfile>;

/** How many values all columns together keep at most, so that a wide table takes no more memory than a narrow one. */
const MAX_TRACKED_VALUES = 500_000;
/** How many values one column keeps at most. */
const MAX_TRACKED_PER_COLUMN = 50_000;

/**
 * How many values each column may keep. A column's figures are exact as long as it has no more.
 *
 * @param columns how many there are
 */
export function computeColumnLimit(columns: number): number {
  return Math.min(MAX_TRACKED_PER_COLUMN, Math.floor(MAX_TRACKED_VALUES / columns));
}

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

  /** @param maxValues how many values it may keep: see {@link computeColumnLimit} */
  constructor(name: string, maxValues: number) {
    this.#name = name;
    this.#distinct = new DistinctCount(maxValues);
    this.#frequent = new FrequentValues(maxValues);
    this.#numbers = new NumberSummary(maxValues);
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
    // A text column has no use for the numbers among its first cells.
    if (this.#type === 'string') this.#numbers = undefined;
  }

  toProfile(): ColumnProfile {
    const { values, approximate } = this.#frequent.findTop(MAX_TOP_VALUES);
    return {
      name: this.#name,
      type: this.#type ?? 'empty',
      nulls: this.#nulls,
      distinct: this.#distinct.estimate(),
      top: { values: values.map(({ value, count }) => ({ value: formatValue(value), count })), approximate },
      ...(isNumericType(this.#type) && this.#numbers && { numbers: this.#numbers.toSummary() }),
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

/** The narrowest type that fits both. */
function widenType(a: ValueType, b: ValueType): ValueType {
  if (a === b) return a;
  return isNumericType(a) && isNumericType(b) ? 'number' : 'string';
}

const isNumericType = (type: ValueType | undefined): boolean => type === 'integer' || type === 'number';

const MAX_PLAIN_KEY_LENGTH = 100;
const PREVIEW_LENGTH = 60;

/** Reduces a long value to its beginning and a digest, so that a column of essays takes no more memory. */
const toValueKey = (text: string): string =>
  text.length <= MAX_PLAIN_KEY_LENGTH
    ? text
    : `${text.slice(0, PREVIEW_LENGTH)}\0${createHash('sha256').update(text).digest('base64url')}`;

const formatValue = (key: string): string =>
  (key.length <= PREVIEW_LENGTH ? key : `${key.slice(0, PREVIEW_LENGTH)}…`).toWellFormed();

/** Midnight is shown as the day alone. */
const formatIsoTime = (time: number): string =>
  new Date(time).toISOString().replace(/(T00:00:00)?\.000Z$/, (_, day) => (day ? '' : 'Z'));
