/** Waiting for a task within a request, for clients that cannot poll: bounded, and with few reads. */
import type { Engine } from '../../engine/api/engine.ts';
import type { Caller, TaskView } from '../../engine/model.ts';

/** Longest wait of one request (ms): the gateway gives up at 30 s, cold start included. */
export const MAX_WAIT_MS = 20_000;

/** How much of a request's time is reserved for its reply (ms). */
const REPLY_MARGIN_MS = 1_000;

/** Pauses between reads (ms): quick work is noticed at once, and a full wait costs ten reads. */
const PAUSES_MS = [100, 250, 500, 1_000, 2_000, 3_000];

export interface WaitOptions {
  readonly engine: Engine;
  readonly caller: Caller;
  /** When the reply must have been sent (ms since the epoch). */
  readonly deadline: number;
  now(): number;
  wait(ms: number): Promise<void>;
}

/**
 * The task as soon as it is no longer `working`, or in its state when the wait ends.
 * @param known the task as the caller has just read it, so that it is not read again at once
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
