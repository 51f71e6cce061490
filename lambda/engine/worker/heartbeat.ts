/** Keeping a lease: the row and the message are renewed together, and progress is written along. */

import type { WriteResult } from '../../tasks/store.ts';
import type { ProgressReport } from '../../tasks/writes/held.ts';
import type { Clock, Delivery, Log } from '../ports.ts';
import type { EngineSettings } from '../settings.ts';

export interface Heartbeat {
  /** Keeps a report for the next renewal, which then comes within a second. */
  reportProgress(report: ProgressReport): void;
  /** The report that has not been written yet; the caller writes it with something else. */
  takeProgress(): ProgressReport | undefined;
  /** Another write renewed the lease at `now`. */
  markRenewed(now: number): void;
  /** Resolves when no renewal is in flight any more. */
  stop(): Promise<void>;
}

/** Progress reaches the row at most this often (ms). */
const PROGRESS_WRITE_INTERVAL_MS = 1_000;

export function startHeartbeat(options: {
  readonly clock: Clock;
  readonly settings: EngineSettings;
  readonly delivery: Delivery;
  readonly log: Log;
  /** One conditional write. */
  readonly renew: (now: number, report: ProgressReport | undefined) => Promise<WriteResult>;
  /** The row shows that the run has ended. */
  readonly onLost: (written: WriteResult & { done: false }) => void;
  /** The lease ran out without a renewal getting through. */
  readonly onLapsed: () => void;
}): Heartbeat {
  const { clock, settings, delivery, log, renew, onLost, onLapsed } = options;
  const { task } = delivery.wakeUp;
  const stopped = new AbortController();
  let leaseUntil = clock.now() + settings.leaseMs;
  let pending: ProgressReport | undefined;
  let wakeLoop: (() => void) | undefined;
  let lastWrite = clock.now();

  function takeProgress(): ProgressReport | undefined {
    const taken = pending;
    pending = undefined;
    return taken;
  }

  function markRenewed(now: number): void {
    leaseUntil = Math.max(leaseUntil, now + settings.leaseMs);
    lastWrite = clock.now();
  }

  /** Until the next beat is due, or until there is progress and a second has passed since the last write. */
  async function pause(): Promise<void> {
    const begun = clock.now();
    const beatDue = new AbortController();
    const wake = () => beatDue.abort();
    wakeLoop = wake;
    stopped.signal.addEventListener('abort', wake, { once: true });
    if (!pending) await clock.wait(settings.heartbeatMs, beatDue.signal);
    wakeLoop = undefined;
    if (pending && !stopped.signal.aborted) {
      const writeAt = Math.min(lastWrite + PROGRESS_WRITE_INTERVAL_MS, begun + settings.heartbeatMs);
      const untilWrite = writeAt - clock.now();
      if (untilWrite > 0) await clock.wait(untilWrite, stopped.signal);
    }
    stopped.signal.removeEventListener('abort', wake);
    const lateMs = clock.now() - begun - settings.heartbeatMs;
    if (lateMs > settings.heartbeatMs)
      log('eventLoop.blocked', {
        task,
        lateMs,
        leaseMs: settings.leaseMs,
        advice:
          'The tool computes without a pause, which keeps its lease from being renewed: define it with "thread: true".',
      });
  }

  /** @returns whether the run still holds its task, as far as is known */
  async function beat(): Promise<boolean> {
    const now = clock.now();
    const report = takeProgress();
    try {
      const [written] = await Promise.all([
        renew(now, report),
        // The row is the authority: a message that could not be renewed is only delivered early.
        delivery.reappearIn(settings.leaseMs).catch((error: unknown) => {
          log('message.notRenewed', { task, error: String(error) });
        }),
      ]);
      if (stopped.signal.aborted) return false;
      if (!written.done) {
        onLost(written);
        return false;
      }
      markRenewed(now);
    } catch (error) {
      // A later report may have come meanwhile, and wins.
      if (report) pending = { ...report, ...pending };
      log('lease.notRenewed', { task, error: String(error) });
      if (clock.now() >= leaseUntil) {
        onLapsed();
        return false;
      }
    }
    return true;
  }

  const loop = (async () => {
    for (;;) {
      await pause();
      if (stopped.signal.aborted || !(await beat())) return;
    }
  })();

  return {
    reportProgress: (report) => {
      pending = { ...pending, ...report };
      wakeLoop?.();
    },
    takeProgress,
    markRenewed,
    stop: () => {
      stopped.abort('stopped');
      return loop;
    },
  };
}
