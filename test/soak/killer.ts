/** Kills a worker again and again, and finds out how long each task that it held took to be taken up again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TaskStore } from '../../lambda/tasks/store.ts';
import type { LocalStack } from '../../lib/local/stack.ts';
import type { Random } from '../support/simulation/random.ts';
import type { Witness } from './worker-log.ts';

export interface Kill {
  readonly at: number;
  /** The task whose run ended with the worker, if it held one. */
  readonly task?: string;
}

export async function kill(
  stack: LocalStack,
  store: TaskStore,
  witness: Witness,
  everyMs: number,
  random: Random,
  signal: AbortSignal,
): Promise<readonly Kill[]> {
  const kills: Kill[] = [];
  for (;;) {
    await delay(everyMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return kills;
    const pids = stack.workerPids();
    const pid = pids[Math.floor(random() * pids.length)];
    if (pid === undefined) continue;
    const at = Date.now();
    stack.killWorker(pid);
    const task = witness.heldBy(pid);
    // It may have committed the end of its run and died before it could log that: the row knows.
    const row = task === undefined ? undefined : await store.read({ partition: `task#${task}`, id: task });
    kills.push({ at, ...(row?.run !== undefined && task !== undefined && { task }) });
  }
}

/** How long it took (ms) until each task that a dead worker held was taken up again; cancelled ones need not be. */
export const recoveries = (
  kills: readonly Kill[],
  witness: Witness,
  isCancelled: (task: string) => boolean,
): number[] =>
  kills.flatMap(({ at, task }) => {
    if (task === undefined) return [];
    const taken = witness.takenUpAfter(task, at);
    if (taken !== undefined) return [taken - at];
    return isCancelled(task) ? [] : [Number.POSITIVE_INFINITY];
  });
