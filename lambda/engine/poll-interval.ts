/** How long a client should wait before it polls again. */
import { isTerminal, type TaskRow } from '../tasks/record.ts';

/** A poll comes late by half the interval on average: a tenth of the age means 5 % of the duration. */
const SHARE_OF_AGE = 0.1;
/** With numbers from the tool: look again after this share of the time that seems to be left. */
const SHARE_OF_REST = 0.5;

/**
 * The interval grows with the age of the present phase (so it is short again after an answer) and shrinks again
 * towards the end where `progress` has numbers, within the tool's bounds. In whole ms.
 */
export function pollIntervalMs(row: Pick<TaskRow, 'status' | 'phaseAt' | 'poll' | 'progress'>, now: number): number {
  const { min, max } = row.poll;
  if (isTerminal(row.status)) return min;
  const age = Math.max(0, now - row.phaseAt);
  const byAge = age * SHARE_OF_AGE;
  const rest = restOf(row.progress, age);
  const interval = rest === undefined ? byAge : Math.min(Math.max(byAge, age * SHARE_OF_AGE), rest * SHARE_OF_REST);
  return Math.round(Math.min(max, Math.max(min, interval)));
}

/** What is left to do at the pace so far (ms), once a pace can be told. */
function restOf(progress: TaskRow['progress'], age: number): number | undefined {
  if (!progress?.total || progress.done <= 0 || progress.done > progress.total) return undefined;
  return (age * (progress.total - progress.done)) / progress.done;
}
