/** Claim: a run takes the task. Its mark is the `run` token. */
import {
  atGeneration,
  atMostGeneration,
  exists,
  noLiveLease,
  notExpired,
  notTerminal,
  runnable,
} from '../conditions.ts';
import { isTerminal, type TaskKey, type TaskRow } from '../record.ts';
import type { Change, WriteResult } from '../store.ts';

export interface Claim {
  readonly key: TaskKey;
  /** Generation of the message for which the task is claimed. */
  readonly generation: number;
  /** The sender's deadline for making that generation true (ms since the epoch). */
  readonly commitBy: number;
  /** Fresh random token of the new run. */
  readonly run: string;
  readonly now: number;
  readonly leaseMs: number;
}

/**
 * While its sender may still commit, a message claims only its own generation. Afterwards it claims an older row too:
 * the run that sent it died before it could commit, and the row that it left is runnable.
 */
export const claimChange = ({ key, generation, commitBy, run, now, leaseMs }: Claim): Change => ({
  key,
  when: [
    exists,
    notTerminal,
    notExpired(now),
    noLiveLease(now),
    runnable(now),
    now < commitBy ? atGeneration(generation) : atMostGeneration(generation),
  ],
  set: { run, leaseUntil: now + leaseMs, generation },
  add: { failures: 1 },
  remove: ['parked', 'wakeAt'],
});

/** What to do with a message, given what its claim found. */
export type ClaimVerdict =
  /** This run holds the task. */
  | { readonly is: 'claimed'; readonly row: TaskRow }
  /** Its generation has passed, or nothing is left to do: delete the message. */
  | { readonly is: 'over' }
  /** Another run's lease is live: put the message back until it would run out (ms). */
  | { readonly is: 'leased'; readonly forMs: number }
  /** The row does not exist yet, or is not yet at the message's generation: its sender may still commit. */
  | { readonly is: 'early' }
  /** No row came and `commitBy` has passed: bar the id, then drop the message. */
  | { readonly is: 'abandonedCreate' }
  /** A parked row, and the commit that would wake it is late: raise its generation past that commit. */
  | { readonly is: 'abandonedWakeUp' }
  /** The timer is not due: the message comes back then (ms). */
  | { readonly is: 'notDue'; readonly forMs: number }
  /** Cancelled, and the tool's `onCancel` still has to run. */
  | { readonly is: 'cleanUp'; readonly row: TaskRow }
  /** The obstacle is gone already (clocks differ, or the row changed meanwhile): claim again. */
  | { readonly is: 'again' };

/** The protocol of the message (docs/architecture.md, rules 1, 3 and 5) as one pure function. */
export function judgeClaim(written: WriteResult, claim: Claim): ClaimVerdict {
  if (written.done) return { is: 'claimed', row: written.row };
  const { row } = written;
  const { generation, commitBy, now } = claim;
  if (!row) return now < commitBy ? { is: 'early' } : { is: 'abandonedCreate' };
  if (row.run === claim.run) return { is: 'claimed', row };
  if (row.void || row.expiresAt <= now || row.generation > generation) return { is: 'over' };
  if (isTerminal(row.status)) return judgeTerminal(row, claim);
  const leasedForMs = row.run !== undefined ? (row.leaseUntil ?? 0) - now : 0;
  if (row.generation < generation) {
    if (now < commitBy) return { is: 'early' };
    if (row.parked) return { is: 'abandonedWakeUp' };
  }
  if (leasedForMs > 0) return { is: 'leased', forMs: leasedForMs };
  if (row.parked) {
    if (row.wakeAt === undefined) return { is: 'over' };
    if (row.wakeAt > now) return { is: 'notDue', forMs: row.wakeAt - now };
  }
  return { is: 'again' };
}

function judgeTerminal(row: TaskRow, { generation, commitBy, now }: Claim): ClaimVerdict {
  if (row.cleanUp !== 'owed') return { is: 'over' };
  if (row.generation < generation && now < commitBy) return { is: 'early' };
  const leasedForMs = row.run !== undefined ? (row.leaseUntil ?? 0) - now : 0;
  return leasedForMs > 0 ? { is: 'leased', forMs: leasedForMs } : { is: 'cleanUp', row };
}
