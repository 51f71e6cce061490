/**
 * Polls are nearly all of the traffic and a line for each would be nearly all of the log: about 0.2 USD for every
 * million in ingestion alone. So each instance counts them and tells at most once a minute. What an instance counted
 * in the last minute of its life is not told.
 */
import type { Log } from '../engine/ports.ts';

/** At most this often a line is written (ms). */
const POLL_LOG_INTERVAL_MS = 60_000;

/** @param log what gets every event but `task.polled`, and of those one with their number */
export function countPolls(log: Log, now: () => number): Log {
  let polls = 0;
  let since = 0;
  return (event, facts) => {
    if (event !== 'task.polled') return log(event, facts);
    polls += 1;
    since ||= now();
    if (now() - since < POLL_LOG_INTERVAL_MS) return;
    log('task.polled', { polls, sinceMs: now() - since });
    polls = 0;
    since = now();
  };
}
