/** The end of the function's time. */
import type { Clock } from '../ports.ts';

/** Work that still runs this long before the deadline is aborted (ms). */
const ABORT_MARGIN_MS = 3_000;

/**
 * Calls `abort` shortly before the function is stopped.
 *
 * @param deadline when the function will be stopped (ms since the epoch)
 * @returns calls it off
 */
export function abortBeforeDeadline(clock: Clock, deadline: number, abort: () => void): () => void {
  const finished = new AbortController();
  void clock.wait(Math.max(0, deadline - ABORT_MARGIN_MS - clock.now()), finished.signal).then(() => {
    if (!finished.signal.aborted) abort();
  });
  return () => finished.abort();
}
