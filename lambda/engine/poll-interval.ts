/** How long a client should wait before it polls again. */
import { isTerminal, type TaskRow } from '../tasks/record.ts';

/** An end is noticed half an interval late on average: a tenth of the age adds 5 % to the duration. */
const SHARE_OF_AGE = 0.1;
/** With progress from the tool: poll again after this share of the estimated remaining time. */
const SHARE_OF_REMAINING = 0.5;
/** Progress allows longer intervals far from the end; they stay bounded because a question may come at any time. */
const SHARE_OF_AGE_WITH_PACE = 0.2;
/** The last part is the least certain ("100 %", and then an upload): at least this share of the work counts as left. */
const MIN_REMAINING_SHARE = 0.01;

/**
 * The interval grows with the age of the present phase, so it is short again after an answer. With `progress` and its
 * `total` it grows faster and shrinks again towards the end. Within the tool's bounds; whole ms.
 */
export function computePollIntervalMs(
  row: Pick<TaskRow, 'status' | 'phaseAt' | 'poll' | 'progress'>,
  now: number,
): number {
  const { min, max } = row.poll;
  if (isTerminal(row.status)) return min;
  const age = Math.max(0, now - row.phaseAt);
  const remaining = estimateRemainingMs(row.progress, age);
  const interval =
    remaining === undefined
      ? age * SHARE_OF_AGE
      : Math.min(age * SHARE_OF_AGE_WITH_PACE, remaining * SHARE_OF_REMAINING);
  return Math.round(Math.min(max, Math.max(min, interval)));
}

/** The remaining time at the pace so far (ms), once there is a pace. */
function estimateRemainingMs(progress: TaskRow['progress'], age: number): number | undefined {
  if (!progress?.total) return undefined;
  const done = progress.done / progress.total;
  if (!(done > 0 && done <= 1)) return undefined;
  return (age * Math.max(1 - done, MIN_REMAINING_SHARE)) / done;
}
