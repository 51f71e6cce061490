/** What a row says about its task, in an operator's words. */
import { isTerminal, type TaskRow } from '../../lambda/tasks/record.ts';

export type TaskState =
  | 'ended'
  | 'expired'
  /** A message must stand behind it: nobody holds it. */
  | 'waits for a worker'
  | 'runs'
  /** Whoever held it has not been heard of since its lease ran out; its message brings the next worker. */
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

/** Whether a wake-up of its present generation could do anything for a task. */
export const isWakeUpOwed = (state: TaskState): boolean => !['ended', 'expired', 'waits for answers'].includes(state);

/** A time and how far away it is. */
export function formatTimestamp(time: number, now: number): string {
  const seconds = Math.round(Math.abs(time - now) / 1_000);
  const [unit, size] = (
    [
      ['d', 86_400],
      ['h', 3_600],
      ['min', 60],
      ['s', 1],
    ] as const
  ).find(([, each]) => seconds >= 2 * each) ?? ['s', 1];
  const distance = `${Math.floor(seconds / size)} ${unit}`;
  return `${new Date(time).toISOString()} (${time > now ? `in ${distance}` : `${distance} ago`})`;
}

/** The owner's hash of a partition; absent on an anonymous server. */
export const parseOwnerHash = ({ partition }: TaskRow): string | undefined => /^owner#([^#]+)/.exec(partition)?.[1];

/** A task on one line. */
export function formatTaskLine(row: TaskRow, now: number): string {
  const { id, status, tool, createdAt } = row;
  const created = new Date(createdAt).toISOString().replace(/\.\d+Z$/, 'Z');
  return [id, status.padEnd(14), toTaskState(row, now).padEnd(18), created, tool, parseOwnerHash(row) ?? '-'].join(
    '  ',
  );
}

/** A task as JSON, without anything it was given or has made. */
export function toTaskJson(row: TaskRow, now: number): Record<string, unknown> {
  const { partition, id, tool, era, status, generation, run, leaseUntil, wakeAt, failures, revision, entries } = row;
  const { createdAt, lastUpdatedAt, expiresAt, progress } = row;
  return {
    ...{ id, partition, owner: parseOwnerHash(row), tool, era, status, state: toTaskState(row, now) },
    ...{ createdAt, lastUpdatedAt, expiresAt, generation, held: run !== undefined, leaseUntil, wakeAt },
    ...{ failures, revision, entries, progress, toolError: row.toolError, cleanUp: row.cleanUp },
  };
}
