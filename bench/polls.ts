/** Measures how often a task is polled and how late its end is noticed: the real poll interval, in virtual time. */
import { computePollIntervalMs } from '../lambda/engine/poll-interval.ts';
import { TOOL_DEFAULTS } from '../lambda/tool/define.ts';

/** The polls of a client that follows the interval, for tasks of about one duration. */
export interface PollCost {
  /** Nominal duration (ms); the durations of the tasks are spread 10 % around it. */
  readonly durationMs: number;
  readonly interval: 'fixed' | 'adaptive' | 'adaptive with progress';
  /** Requests for one task, including the one that finds its end. */
  readonly meanPolls: number;
  readonly maxPolls: number;
  /** From the end to the poll that finds it (ms). */
  readonly meanDelayMs: number;
  readonly maxDelayMs: number;
}

export const POLL_DURATIONS_MS: readonly number[] = [10_000, 60_000, 600_000, 3_600_000];
const FIXED_INTERVAL_MS = 1_000;
/** Number of tasks, each of a different duration, so that their ends are spread over the time between two polls. */
const TASK_COUNT = 2_001;
/** From the moment a client sends a request until it has the response (ms). */
const ROUND_TRIP_MS = 60;
/** The total of a tool that reports its progress in whole percents. */
const PROGRESS_TOTAL = 100;

export const measurePolls = (): PollCost[] =>
  POLL_DURATIONS_MS.flatMap((durationMs) =>
    (['fixed', 'adaptive', 'adaptive with progress'] as const).map((interval) => measurePollCost(durationMs, interval)),
  );

function measurePollCost(durationMs: number, interval: PollCost['interval']): PollCost {
  const tasks = Array.from({ length: TASK_COUNT }, (_, index) =>
    simulatePolls(durationMs * (0.9 + (0.2 * index) / (TASK_COUNT - 1)), interval),
  );
  const polls = tasks.map((task) => task.polls);
  const delays = tasks.map((task) => task.delayMs);
  return {
    durationMs,
    interval,
    meanPolls: computeMean(polls),
    maxPolls: Math.max(...polls),
    meanDelayMs: computeMean(delays),
    maxDelayMs: Math.max(...delays),
  };
}

/** One task from its creation, whose response names the first interval, to the poll that finds its end. */
function simulatePolls(
  endsAt: number,
  interval: PollCost['interval'],
): { readonly polls: number; readonly delayMs: number } {
  const nextInterval = (now: number): number => {
    if (interval === 'fixed') return FIXED_INTERVAL_MS;
    const done = Math.floor((PROGRESS_TOTAL * now) / endsAt);
    const progress = interval === 'adaptive with progress' ? { progress: { done, total: PROGRESS_TOTAL } } : {};
    return computePollIntervalMs(
      { status: 'working', phaseAt: 0, poll: TOOL_DEFAULTS.pollIntervalMs, ...progress },
      now,
    );
  };
  let receivedAt = ROUND_TRIP_MS / 2;
  let waitMs = nextInterval(0);
  for (let polls = 1; ; polls += 1) {
    const readAt = receivedAt + waitMs + ROUND_TRIP_MS / 2;
    if (readAt >= endsAt) return { polls, delayMs: readAt - endsAt };
    waitMs = nextInterval(readAt);
    receivedAt = readAt + ROUND_TRIP_MS / 2;
  }
}

const computeMean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
