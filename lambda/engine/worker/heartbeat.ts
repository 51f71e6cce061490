/** Keeping a lease: the row and the message renewed together, and word of how the run stands. */

import type { WriteResult } from '../../tasks/store.ts';
import type { ProgressReport } from '../../tasks/writes/held.ts';
import type { Clock, Delivery, Log } from '../ports.ts';
import type { EngineSettings } from '../settings.ts';

export interface Heartbeat {
  /** Tell of progress; it is written with the next renewal, which comes within a second. */
  reportProgress(news: ProgressReport): void;
  /** News that has not been written yet; the caller writes it with something else. */
  takeProgress(): ProgressReport | undefined;
  /** Something else renewed the lease. */
  markRenewed(now: number): void;
  /** Resolves when no renewal is in flight any more. */
  stop(): Promise<void>;
}

/** Progress reaches the row at most this often (ms). */
const PROGRESS_WRITE_INTERVAL_MS = 1_000;

export function startHeartbeat(parts: {
  readonly clock: Clock;
  readonly settings: EngineSettings;
  readonly delivery: Delivery;
  readonly log: Log;
  /** One conditional write. */
  readonly renew: (now: number, news: ProgressReport | undefined) => Promise<WriteResult>;
  /** The row says that the run is over. */
  readonly onLost: (written: WriteResult & { done: false }) => void;
  /** The lease ran out without a renewal getting through. */
  readonly onLapsed: () => void;
}): Heartbeat {
  const { clock, settings, delivery, log } = parts;
  const stopped = new AbortController();
  let leaseUntil = clock.now() + settings.leaseMs;
  let news: ProgressReport | undefined;
  let poke: (() => void) | undefined;
  let lastWrite = clock.now();

  const takeNews = () => {
    const taken = news;
    news = undefined;
    return taken;
  };

  /** Until the next beat is due, or until there is news and a second has passed since the last write. */
  async function pause(): Promise<void> {
    const begun = clock.now();
    const beat = new AbortController();
    poke = () => beat.abort();
    const stop = () => beat.abort();
    stopped.signal.addEventListener('abort', stop, { once: true });
    if (!news) await clock.wait(settings.heartbeatMs, beat.signal);
    poke = undefined;
    if (news && !stopped.signal.aborted) {
      const untilNews = Math.min(lastWrite + PROGRESS_WRITE_INTERVAL_MS, begun + settings.heartbeatMs) - clock.now();
      if (untilNews > 0) await clock.wait(untilNews, stopped.signal);
    }
    stopped.signal.removeEventListener('abort', stop);
    const late = clock.now() - begun - settings.heartbeatMs;
    if (late > settings.heartbeatMs)
      log('eventLoop.blocked', {
        ...{ task: delivery.wakeUp.task, lateMs: late, leaseMs: settings.leaseMs },
        advice:
          'The tool computes without a pause, and so keeps its lease from being renewed: define it with "thread: true".',
      });
  }

  async function beat(): Promise<boolean> {
    const now = clock.now();
    const told = takeNews();
    try {
      const [written] = await Promise.all([
        parts.renew(now, told),
        // The row is the authority: a message that could not be renewed is only delivered early.
        delivery.reappearIn(settings.leaseMs).catch((error: unknown) => {
          log('message.notRenewed', { task: delivery.wakeUp.task, error: String(error) });
        }),
      ]);
      if (stopped.signal.aborted) return false;
      if (!written.done) {
        parts.onLost(written);
        return false;
      }
      renewed(now);
    } catch (error) {
      news = told && { ...told, ...news };
      log('lease.notRenewed', { task: delivery.wakeUp.task, error: String(error) });
      if (clock.now() >= leaseUntil) {
        parts.onLapsed();
        return false;
      }
    }
    return true;
  }

  function renewed(now: number): void {
    leaseUntil = Math.max(leaseUntil, now + settings.leaseMs);
    lastWrite = clock.now();
  }

  const beating = (async () => {
    for (;;) {
      await pause();
      if (stopped.signal.aborted || !(await beat())) return;
    }
  })();

  return {
    reportProgress: (told) => {
      news = { ...news, ...told };
      poke?.();
    },
    takeProgress: takeNews,
    markRenewed: renewed,
    stop: () => {
      stopped.abort('stopped');
      return beating;
    },
  };
}
