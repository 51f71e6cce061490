/** Cancel: immediate on the row, from any state that is not terminal. Its mark is `isEndCommitted` = the request's id. */
import {
  atGeneration,
  cleanUpOwed,
  exists,
  heldByRun,
  noCleanUp,
  noLiveLease,
  notExpired,
  notTerminal,
} from '../conditions.ts';
import { isTerminal, type TaskKey, type TaskRow } from '../record.ts';
import type { Change, WriteResult } from '../store.ts';
import { toTtlSeconds } from './create.ts';

export interface CancelWrite {
  readonly key: TaskKey;
  /** Random id of this request. */
  readonly mark: string;
  readonly now: number;
  readonly retentionMs: number;
}

const toCancelledFields = ({ mark, now, retentionMs }: CancelWrite) => ({
  status: 'cancelled' as const,
  statusMessage: 'Cancelled by request.',
  endedBy: mark,
  lastUpdatedAt: now,
  expiresAt: now + retentionMs,
  ttl: toTtlSeconds(now + retentionMs),
});

const REMOVED_BY_CANCEL = [
  'run',
  'leaseUntil',
  'parked',
  'wakeAt',
  'questions',
  'progress',
  'stream',
  'streamUntil',
] as const;

/** Cancels a task whose tool has nothing to clean up: one write. A run, if there is one, sees it at its next heartbeat. */
export const cancelChange = (cancel: CancelWrite): Change => ({
  key: cancel.key,
  when: [exists, notTerminal, notExpired(cancel.now), noCleanUp],
  set: toCancelledFields(cancel),
  remove: REMOVED_BY_CANCEL,
});

/** Cancels a task that owes its tool an `onCancel`; the message for the new generation was sent before. */
export const cancelOwingChange = (cancel: CancelWrite, generation: number): Change => ({
  key: cancel.key,
  when: [exists, notTerminal, notExpired(cancel.now), atGeneration(generation)],
  set: { ...toCancelledFields(cancel), generation: generation + 1, failures: 0, cleanUp: 'owed' },
  remove: REMOVED_BY_CANCEL,
});

export type CancelVerdict =
  | { readonly is: 'cancelled' }
  | { readonly is: 'alreadyTerminal' }
  | { readonly is: 'notFound' }
  /** Open, and it owes a clean-up or changed meanwhile: continue from this row. */
  | { readonly is: 'open'; readonly row: TaskRow };

export function judgeCancel(written: WriteResult, { mark, now }: CancelWrite): CancelVerdict {
  if (written.done) return { is: 'cancelled' };
  const { row } = written;
  if (!row || row.void || row.expiresAt <= now) return { is: 'notFound' };
  if (row.endedBy === mark) return { is: 'cancelled' };
  return isTerminal(row.status) ? { is: 'alreadyTerminal' } : { is: 'open', row };
}

/** A worker takes the clean-up of a cancelled task. The task itself stays as it is. */
export const claimCleanUpChange = (key: TaskKey, run: string, now: number, leaseMs: number): Change => ({
  key,
  when: [exists, cleanUpOwed, noLiveLease(now)],
  set: { run, leaseUntil: now + leaseMs },
  add: { failures: 1 },
});

/** The worker that cleans up renews its lease. */
export const cleanUpHeartbeatChange = (key: TaskKey, run: string, now: number, leaseMs: number): Change => ({
  key,
  when: [exists, cleanUpOwed, heldByRun(run)],
  set: { leaseUntil: now + leaseMs },
});

/** The clean-up is done, or was given up. */
export const cleanedUpChange = (key: TaskKey, run: string): Change => ({
  key,
  when: [exists, heldByRun(run), cleanUpOwed],
  remove: ['cleanUp', 'run', 'leaseUntil'],
});
