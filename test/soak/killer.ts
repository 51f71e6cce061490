/** Kills a worker again and again, and finds out how long each task that it held took to be taken up again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TaskStore } from '../../lambda/tasks/store.ts';
import type { LocalStack } from '../../lib/local/stack.ts';
import type { Random } from '../support/simulation/random.ts';
import type { WorkerLog } from './worker-log.ts';

export interface Kill {
  readonly at: number;
  /** The task whose run ended with the worker, if it held one. */
  readonly task?: string;
}

export async function killWorkers(
  stack: LocalStack,
  store: TaskStore,
  witness: WorkerLog,
  everyMs: number,
  random: Random,
  signal: AbortSignal,
): Promise<readonly Kill[]> {
  const kills: Kill[] = [];
  for (;;) {
    await delay(everyMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return kills;
    const pids = stack.getWorkerPids();
    const pid = pids[Math.floor(random() * pids.length)];
    if (pid === undefined) continue;
    const at = Date.now();
    stack.killWorker(pid);
    const task = witness.findHeldTask(pid);
    // It may have committed the end of its run and died before it could log that: the row knows.
    const row = task === undefined ? undefined : await store.read({ partition: `task#${task}`, id: task });
    kills.push({ at, ...(row?.run !== undefined && task !== undefined && { task }) });
  }
}

/** How long it took (ms) until each task that a dead worker held was taken up again; cancelled ones need not be. */
export const measureRecoveries = (
  kills: readonly Kill[],
  witness: WorkerLog,
  isCancelled: (task: string) => boolean,
): number[] =>
  kills.flatMap(({ at, task }) => {
    if (task === undefined) return [];
    const taken = witness.findRunStartAfter(task, at);
    if (taken !== undefined) return [taken - at];
    return isCancelled(task) ? [] : [Number.POSITIVE_INFINITY];
  });
