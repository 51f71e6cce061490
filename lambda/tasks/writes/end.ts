/** How a run ends: park, hand over, settle. The mark of each is `isEndCommitted` = the run's token. */
import { atRevision } from '../conditions.ts';
import type { Payload, TaskStatus } from '../record.ts';
import type { Change, WriteResult } from '../store.ts';
import { toTtlSeconds } from './create.ts';
import { type ProgressReport, type RunWrite, whileHeld } from './held.ts';

/** What a parked task waits for. */
export interface ParkWrite {
  /** Revision that `questions` was made from. */
  readonly revision: number;
  readonly questions: Payload;
  readonly status: 'working' | 'input_required';
  /** The generation of the timer's message, sent before; absent without a timer. */
  readonly timer?: { readonly generation: number; readonly wakeAt: number };
}

const LEASE_ATTRIBUTES = ['run', 'leaseUntil'] as const;

/** Ends the run until an answer, a timer or an outside call. Fails on a newer revision: an answer came meanwhile. */
export const parkChange = (held: RunWrite, park: ParkWrite, report?: ProgressReport): Change => ({
  key: held.key,
  when: [...whileHeld(held), atRevision(park.revision)],
  set: {
    questions: park.questions,
    status: park.status,
    revision: park.revision + 1,
    parked: true,
    failures: 0,
    endedBy: held.run,
    lastUpdatedAt: held.now,
    ...report,
    ...(park.timer && { generation: park.timer.generation, wakeAt: park.timer.wakeAt }),
  },
  remove: [...LEASE_ATTRIBUTES, ...(park.timer ? [] : (['wakeAt'] as const))],
});

/** Ends the run so that another takes over; the message for the new `generation` was sent before. */
export const handOverChange = (held: RunWrite, generation: number, report?: ProgressReport): Change => ({
  key: held.key,
  when: whileHeld(held),
  set: { generation, failures: 0, endedBy: held.run, ...(report && { ...report, lastUpdatedAt: held.now }) },
  remove: [...LEASE_ATTRIBUTES],
});

/** The one terminal transition of a task that ran to its end. The outcome's retention begins. */
export const settleChange = (
  held: RunWrite,
  end: {
    readonly status: TaskStatus;
    readonly statusMessage?: string;
    /** The outcome is a result with `isError`. */
    readonly toolError?: true;
    readonly outcome: Payload;
    readonly retentionMs: number;
  },
): Change => ({
  key: held.key,
  when: whileHeld(held),
  set: {
    status: end.status,
    outcome: end.outcome,
    endedBy: held.run,
    lastUpdatedAt: held.now,
    expiresAt: held.now + end.retentionMs,
    ttl: toTtlSeconds(held.now + end.retentionMs),
    ...(end.statusMessage !== undefined && { statusMessage: end.statusMessage }),
    ...(end.toolError && { toolError: end.toolError }),
  },
  remove: [
    ...LEASE_ATTRIBUTES,
    'questions',
    'stream',
    'streamUntil',
    'parked',
    'wakeAt',
    'progress',
    ...(end.statusMessage === undefined ? (['statusMessage'] as const) : []),
  ],
});

/** Whether the run's end is committed: by this write, or by an earlier attempt whose response was lost. */
export const isEndCommitted = (written: WriteResult, run: string): boolean =>
  written.done || written.row?.endedBy === run;
