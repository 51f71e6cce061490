/** What a run writes while it holds the task: heartbeat, recorded step, withdrawn questions. */
import { atRevision, exists, heldByRun, notExpired, notTerminal } from '../conditions.ts';
import type { Payload, TaskKey } from '../record.ts';
import type { Change, WriteResult } from '../store.ts';

/** The run that writes, and when. */
export interface RunWrite {
  readonly key: TaskKey;
  readonly run: string;
  readonly now: number;
}

/** What the tool last told about its progress; written along with whatever is written next. */
export interface ProgressReport {
  readonly statusMessage?: string;
  readonly progress?: { readonly done: number; readonly total?: number };
}

/** Everything a run writes demands this: it holds the task, which is open and has not expired. */
export const whileHeld = ({ run, now }: RunWrite) => [exists, heldByRun(run), notTerminal, notExpired(now)];

const toProgressFields = (news: ProgressReport | undefined, now: number) =>
  news ? { ...news, lastUpdatedAt: now } : {};

/** Renew the lease. Without news it does not move `lastUpdatedAt`: to a client nothing has happened. */
export const heartbeatChange = (held: RunWrite, leaseMs: number, news?: ProgressReport): Change => ({
  key: held.key,
  when: whileHeld(held),
  set: { leaseUntil: held.now + leaseMs, ...toProgressFields(news, held.now) },
});

/** Written with a journal entry in one transaction: the fence of the step, a renewed lease, and progress made. */
export const stepChange = (held: RunWrite, leaseMs: number, news?: ProgressReport): Change => ({
  key: held.key,
  when: whileHeld(held),
  set: { leaseUntil: held.now + leaseMs, failures: 0, ...toProgressFields(news, held.now) },
  add: { entries: 1 },
});

/** Questions overtaken by their timers, before the tool is told: a later run must see the same. */
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

/** The run's end, as the refused write shows it: cancelled, or superseded, ended or expired. */
export const judgeLost = (written: WriteResult & { done: false }): LostVerdict =>
  written.row?.status === 'cancelled' ? 'cancelled' : 'over';
