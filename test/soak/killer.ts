/** Kills workers, and measures how long it took until another run claimed the task that each one held. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TaskStore } from '../../lambda/tasks/store.ts';
import type { LocalStack } from '../../lib/local/stack.ts';
import type { Random } from '../support/simulation/random.ts';
import type { WorkerLog } from './worker-log.ts';

export interface Kill {
  readonly at: number;
  /** The task whose run died with the worker, if it held one. */
  readonly task?: string;
}

export async function killWorkers(
  stack: LocalStack,
  store: TaskStore,
  log: WorkerLog,
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
    const task = log.findHeldTask(pid);
    // It may have committed the end of its run and died before it could log that; the row shows it.
    const row = task === undefined ? undefined : await store.read({ partition: `task#${task}`, id: task });
    kills.push({ at, ...(row?.run !== undefined && task !== undefined && { task }) });
  }
}

/** How long it took until each task that a killed worker held was claimed again (ms); cancelled ones need not be. */
export const measureRecoveries = (
  kills: readonly Kill[],
  log: WorkerLog,
  isCancelled: (task: string) => boolean,
): number[] =>
  kills.flatMap(({ at, task }) => {
    if (task === undefined) return [];
    const restartedAt = log.findRunStartAfter(task, at);
    if (restartedAt !== undefined) return [restartedAt - at];
    return isCancelled(task) ? [] : [Number.POSITIVE_INFINITY];
  });
