/** Waiting for a task inside a request, for clients that cannot poll: bounded, and with few reads. */
import type { Engine } from '../../engine/api/engine.ts';
import type { Caller, TaskView } from '../../engine/model.ts';

/** Longest wait of one request (ms): the gateway gives up at 30 s, and a cold start counts for it. */
export const MAX_WAIT_MS = 20_000;

/** What is kept back of a request's time for its answer (ms). */
const REPLY_MARGIN_MS = 1_000;

/** Pauses between reads (ms): quick work is seen at once, and a wait to the end costs ten reads. */
const PAUSES_MS = [100, 250, 500, 1_000, 2_000, 3_000];

export interface WaitOptions {
  readonly engine: Engine;
  readonly caller: Caller;
  /** When the request must have been answered (ms since the epoch). */
  readonly deadline: number;
  now(): number;
  wait(ms: number): Promise<void>;
}

/**
 * The task as soon as it no longer works, or as it is when the wait is over.
 * @param known what the caller has just read, so that it is not read again at once
 * @throws TaskNotFound
 */
export async function waitForTask(
  { engine, caller, deadline, now, wait }: WaitOptions,
  id: string,
  known?: TaskView,
): Promise<TaskView> {
  const until = Math.min(now() + MAX_WAIT_MS, deadline - REPLY_MARGIN_MS);
  let view = known ?? (await engine.getTask(caller, id));
  for (let reads = 0; view.status === 'working'; reads += 1) {
    const pause = PAUSES_MS[Math.min(reads, PAUSES_MS.length - 1)] as number;
    if (now() + pause > until) break;
    await wait(pause);
    view = await engine.getTask(caller, id);
  }
  return view;
}
