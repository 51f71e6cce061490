/** Held: what a run writes while it holds the task (heartbeat, recorded step, withdrawn questions). */
import { atRevision, exists, heldByRun, notExpired, notTerminal } from '../conditions.ts';
import type { Payload, TaskKey } from '../record.ts';
import type { Change, WriteResult } from '../store.ts';

/** The run that writes, and when. */
export interface RunWrite {
  readonly key: TaskKey;
  readonly run: string;
  readonly now: number;
}

/** The tool's latest progress report; written along with the next write. */
export interface ProgressReport {
  readonly statusMessage?: string;
  readonly progress?: { readonly done: number; readonly total?: number };
}

/** Everything a run writes demands this: it holds the task, which is open and has not expired. */
export const whileHeld = ({ run, now }: RunWrite) => [exists, heldByRun(run), notTerminal, notExpired(now)];

const toProgressFields = (report: ProgressReport | undefined, now: number) =>
  report ? { ...report, lastUpdatedAt: now } : {};

/** Renews the lease. Without a report `lastUpdatedAt` stays: for a client nothing has happened. */
export const heartbeatChange = (held: RunWrite, leaseMs: number, report?: ProgressReport): Change => ({
  key: held.key,
  when: whileHeld(held),
  set: { leaseUntil: held.now + leaseMs, ...toProgressFields(report, held.now) },
});

/** Written in one transaction with a journal entry: fences the step, renews the lease, and counts as progress. */
export const stepChange = (held: RunWrite, leaseMs: number, report?: ProgressReport): Change => ({
  key: held.key,
  when: whileHeld(held),
  set: { leaseUntil: held.now + leaseMs, failures: 0, ...toProgressFields(report, held.now) },
  add: { entries: 1 },
});

/** Withdraws questions whose timers ran out, before the tool learns of it: every later run must see the same. */
export const withdrawChange = (
  held: RunWrite,
  revision: number,
  questions: Payload,
  status: 'working' | 'input_required',
): Change => ({
  key: held.key,
  when: [...whileHeld(held), atRevision(revision)],
  set: { questions, status, revision: revision + 1, lastUpdatedAt: held.now },
});

/** Why a write of a run was refused. */
export type LostVerdict = 'cancelled' | 'over';

/** How the task was lost, as the refused write shows: cancelled, or else superseded, ended or expired. */
export const judgeLost = (written: WriteResult & { done: false }): LostVerdict =>
  written.row?.status === 'cancelled' ? 'cancelled' : 'over';
