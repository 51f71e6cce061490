/**
 * What a write may demand of the row it changes. A condition is data: the memory store evaluates it, the
 * DynamoDB store turns it into a ConditionExpression, and each rule has one name.
 */
import { ROW_FORMAT, type TaskRow } from './record.ts';

/**
 * The attributes a condition can look at or a change can touch.
 *
 * @example
 * ```ts
 * const attribute: Attribute = 'leaseUntil';
 * ```
 */
export type Attribute = Exclude<keyof TaskRow, 'partition' | 'id'>;

/**
 * A test on one row. A missing row has no attributes. Comparisons with a missing attribute are false.
 *
 * @example
 * ```ts
 * const isOpen: Condition = {
 *   test: 'any',
 *   of: ['working', 'input_required'].map((value) => ({ test: '=', attribute: 'status', value })),
 * };
 * ```
 */
export type Condition =
  | { readonly test: '=' | '<' | '<=' | '>'; readonly attribute: Attribute; readonly value: string | number }
  | { readonly test: 'present' | 'absent'; readonly attribute: Attribute }
  | { readonly test: 'all' | 'any'; readonly of: readonly Condition[] };

const present = (attribute: Attribute): Condition => ({ test: 'present', attribute });
const absent = (attribute: Attribute): Condition => ({ test: 'absent', attribute });
const all = (...of: Condition[]): Condition => ({ test: 'all', of });
const any = (...of: Condition[]): Condition => ({ test: 'any', of });

/**
 * The key is free: not even a void row is there.
 *
 * @example
 * ```ts
 * // As a store on SQL writes it.
 * const toSql = (condition: Condition): string => (condition === missing ? 'ON CONFLICT DO NOTHING' : '');
 * ```
 */
export const missing: Condition = absent('generation');

/**
 * The key has a task, in the format that this version writes: no update creates a row, a void row bars its key, and a
 * row that a newer version wrote is left as it is.
 */
export const exists: Condition = all(present('generation'), absent('void'), {
  test: '=',
  attribute: 'v',
  value: ROW_FORMAT,
});

/** The task is open: no update leaves a terminal state. */
export const notTerminal: Condition = any(
  { test: '=', attribute: 'status', value: 'working' },
  { test: '=', attribute: 'status', value: 'input_required' },
);

/** The task has not expired: no update revives one that has. */
export const notExpired = (now: number): Condition => ({ test: '>', attribute: 'expiresAt', value: now });

/** The write comes from the run that holds the task; a late, duplicate or ended run changes nothing. */
export const heldByRun = (run: string): Condition => ({ test: '=', attribute: 'run', value: run });

/** No run holds the task, or the lease of the one that does has run out. */
export const noLiveLease = (now: number): Condition =>
  any(absent('run'), { test: '<=', attribute: 'leaseUntil', value: now });

/** The row is at exactly this generation. */
export const atGeneration = (generation: number): Condition => ({
  test: '=',
  attribute: 'generation',
  value: generation,
});

/** The row is at this generation or an older one: a newer message may claim it. */
export const atMostGeneration = (generation: number): Condition => ({
  test: '<=',
  attribute: 'generation',
  value: generation,
});

/** The row is at an older generation than this. */
export const beforeGeneration = (generation: number): Condition => ({
  test: '<',
  attribute: 'generation',
  value: generation,
});

/** The questions have not changed since they were read. */
export const atRevision = (revision: number): Condition => ({ test: '=', attribute: 'revision', value: revision });

/** A worker may take the task now: it is not parked, or its timer is due. */
export const runnable = (now: number): Condition =>
  any(absent('parked'), { test: '<=', attribute: 'wakeAt', value: now });

/** The task waits for an answer, a timer or an outside call. */
export const parked: Condition = present('parked');

/** Cancelling the task owes nothing to its tool (`onCancel`). */
export const noCleanUp: Condition = absent('cleanUp');

/** The task was cancelled and its tool's `onCancel` has not run yet. */
export const cleanUpOwed: Condition = { test: '=', attribute: 'cleanUp', value: 'owed' };

/** The questions may be asked over this stream: no other stream asks them, or its reader has been away for a while. */
export const askedByNoOther = (stream: string, now: number): Condition =>
  any(
    absent('stream'),
    { test: '=', attribute: 'stream', value: stream },
    { test: '<=', attribute: 'streamUntil', value: now },
  );

/** Every question has its answer. */
export const allAnswered: Condition = { test: '=', attribute: 'status', value: 'working' };
