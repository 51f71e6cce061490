/** What every store does to a row on its way in and out, so that all of them store and return the same. */
import { TaskError } from '../errors/task-error.ts';
import { ROW_FORMAT, type TaskRow } from './record.ts';

/**
 * A row is in a format that this version cannot read: a newer version wrote it, or something else did.
 *
 * @example
 * ```ts
 * try {
 *   await new MemoryTaskStore().read({ partition: 'owner#1', id: 'task-1' });
 * } catch (error) {
 *   if (error instanceof UnknownRowFormat) console.error(error.task, error.format);
 *   throw error;
 * }
 * ```
 */
export class UnknownRowFormat extends TaskError {
  override readonly name = 'UnknownRowFormat';
  override readonly errorCode = 'UNKNOWN_ROW_FORMAT';
  readonly task: string;
  readonly format: unknown;
  constructor(task: string, format: unknown) {
    super(
      `Task ${task} is stored in row format ${JSON.stringify(format)}; this version reads format ${ROW_FORMAT}. ` +
        'Deploy the newer version to every function before it writes rows.',
    );
    this.task = task;
    this.format = format;
  }
}

/**
 * The row, if this version can read it.
 *
 * @throws UnknownRowFormat
 *
 * @example
 * ```ts
 * const parseRow = (json: string): TaskRow => checkRowFormat(JSON.parse(json) as TaskRow);
 * ```
 */
export function checkRowFormat(row: TaskRow): TaskRow {
  const format: unknown = row.v;
  // An update that creates (none of the engine's does) leaves a row without a format, which is not a newer one.
  if (format !== undefined && format !== ROW_FORMAT) throw new UnknownRowFormat(row.id, format);
  return row;
}

/**
 * A frozen copy as a store keeps it: nothing `undefined`, and only well-formed text. A lone surrogate, which a
 * tool's message may hold and UTF-8 cannot, becomes U+FFFD; JSON text holds none, since `JSON.stringify` escapes them.
 * A number (a tool's progress) that is too large for DynamoDB becomes the largest, and one too small becomes 0, so that
 * no write fails because of it.
 *
 * @example
 * ```ts
 * const rows = new Map<string, TaskRow>();
 * const put = (row: TaskRow) => rows.set(row.id, toStoredValue(row));
 * ```
 */
export function toStoredValue<T>(value: T): T {
  return copyFrozen(value) as T;
}

function copyFrozen(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return clampNumber(value);
  if (Array.isArray(value)) return Object.freeze(value.map(copyFrozen));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.freeze(Object.fromEntries(members.map(([name, member]) => [name, copyFrozen(member)])));
}

/** DynamoDB's numbers start at 1e-130; its client accepts none beyond JavaScript's safe integers. */
function clampNumber(value: number): number {
  return Math.abs(value) < 1e-130 ? 0 : Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
