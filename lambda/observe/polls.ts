/**
 * Polls are nearly all of the traffic, and a line for each would be nearly all of the log: about 0.2 USD per million in
 * ingestion alone. So each instance counts them and logs the count at most once a minute. The count of an instance's
 * last minute is lost.
 */
import type { Log } from '../engine/ports.ts';

/** Shortest time between two lines (ms). */
const POLL_LOG_INTERVAL_MS = 60_000;

/** @param log receives every other event as it is, and `task.polled` with the number of polls */
export function countPolls(log: Log, now: () => number): Log {
  let polls = 0;
  let since = 0;
  return (event, fields) => {
    if (event !== 'task.polled') return log(event, fields);
    polls += 1;
    since ||= now();
    if (now() - since < POLL_LOG_INTERVAL_MS) return;
    log('task.polled', { polls, sinceMs: now() - since });
    polls = 0;
    since = now();
  };
}
