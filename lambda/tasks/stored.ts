/** What every store does to a row on its way in and out, so that all of them keep and return the same. */
import { ROW_FORMAT, type TaskRow } from './record.ts';

/** A row was written in a format that this version cannot read: by a newer version, or by something else. */
export class UnknownRowFormat extends Error {
  override readonly name = 'UnknownRowFormat';
  readonly task: string;
  readonly format: unknown;
  constructor(task: string, found: unknown) {
    super(
      `Task ${task} is stored in row format ${JSON.stringify(found)}; this version reads format ${ROW_FORMAT}. ` +
        'Deploy the newer version to every function before it writes rows.',
    );
    this.task = task;
    this.format = found;
  }
}

/**
 * The row, if this version can read it.
 * @throws UnknownRowFormat
 */
export const checkRowFormat = (row: TaskRow): TaskRow => {
  const found: unknown = row.v;
  // An update that creates (none of the engine's does) leaves a row without a format; it is no newer one.
  if (found !== undefined && found !== ROW_FORMAT) throw new UnknownRowFormat(row.id, found);
  return row;
};

/**
 * A frozen copy as a store keeps it: nothing `undefined`, and only well-formed text. A lone surrogate, which a
 * tool's message may hold and UTF-8 cannot, becomes U+FFFD; JSON text holds none, since `JSON.stringify` escapes them.
 * A number (a tool's progress) that is too large for DynamoDB becomes the largest, one too small becomes 0:
 * no write fails for it.
 */
export const toStoredValue = <T>(value: T): T => copyFrozen(value) as T;

const copyFrozen = (value: unknown): unknown => {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return clampNumber(value);
  if (Array.isArray(value)) return Object.freeze(value.map(copyFrozen));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.freeze(Object.fromEntries(kept.map(([name, part]) => [name, copyFrozen(part)])));
};

/** DynamoDB's numbers start at 1e-130; its client takes none beyond those that JavaScript can count to. */
const clampNumber = (value: number): number =>
  Math.abs(value) < 1e-130 ? 0 : Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
