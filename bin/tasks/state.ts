/** Describes the state of a task for an operator, from its row. */
import { parseOwner } from '../../lambda/engine/partition.ts';
import { isTerminal, type TaskRow } from '../../lambda/tasks/record.ts';

export type TaskState =
  | 'ended'
  | 'expired'
  /** No run holds it; there must be a message for it. */
  | 'waits for a worker'
  | 'runs'
  /** A run holds it whose lease has run out; its message brings the next worker. */
  | 'abandoned'
  | 'waits for answers'
  | 'sleeps'
  /** Cancelled, and its tool's `onCancel` has not run yet. */
  | 'owes a clean-up';

export function toTaskState(row: TaskRow, now: number): TaskState {
  if (row.expiresAt <= now) return 'expired';
  if (isTerminal(row.status)) return row.cleanUp === 'owed' ? 'owes a clean-up' : 'ended';
  if (row.run !== undefined) return (row.leaseUntil ?? 0) > now ? 'runs' : 'abandoned';
  if (!row.parked) return 'waits for a worker';
  return row.wakeAt === undefined ? 'waits for answers' : row.wakeAt <= now ? 'waits for a worker' : 'sleeps';
}

/** The units of a distance in time, with their lengths (s). */
const TIME_UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** A time (ms since the epoch) and its distance from now: `2026-11-21T14:23:21.797Z (4 s ago)`. */
export function formatTimestamp(time: number, now: number): string {
  const seconds = Math.round(Math.abs(time - now) / 1_000);
  const [unit, unitSeconds] = TIME_UNITS.find(([, each]) => seconds >= 2 * each) ?? ['s', 1];
  const distance = `${Math.floor(seconds / unitSeconds)} ${unit}`;
  return `${new Date(time).toISOString()} (${time > now ? `in ${distance}` : `${distance} ago`})`;
}

/** A task on one line. */
export function formatTaskLine(row: TaskRow, now: number): string {
  const columns = [
    row.id,
    row.status.padEnd(14),
    toTaskState(row, now).padEnd(18),
    new Date(row.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    row.tool,
    parseOwner(row.partition) ?? '-',
  ];
  return columns.join('  ');
}

/** A task as JSON, without its payloads. */
export function toTaskJson(row: TaskRow, now: number): Record<string, unknown> {
  return {
    id: row.id,
    partition: row.partition,
    owner: parseOwner(row.partition),
    tool: row.tool,
    era: row.era,
    status: row.status,
    state: toTaskState(row, now),
    createdAt: row.createdAt,
    lastUpdatedAt: row.lastUpdatedAt,
    expiresAt: row.expiresAt,
    generation: row.generation,
    held: row.run !== undefined,
    leaseUntil: row.leaseUntil,
    wakeAt: row.wakeAt,
    failures: row.failures,
    revision: row.revision,
    entries: row.entries,
    progress: row.progress,
    toolError: row.toolError,
    cleanUp: row.cleanUp,
  };
}
