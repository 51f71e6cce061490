/** Kills workers at intervals, and measures how long each task that one held took to be resumed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TaskStore } from '../../lambda/tasks/store.ts';
import type { LocalStack } from '../../lib/local/stack.ts';
import type { Random } from '../support/simulation/random.ts';
import type { WorkerLog } from './worker-log.ts';

export interface Kill {
  readonly at: number;
  /** The task that the worker ran, if it ran one. */
  readonly task?: string;
}

export async function killWorkers(
  stack: LocalStack,
  store: TaskStore,
  workerLog: WorkerLog,
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
    const task = workerLog.findHeldTask(pid);
    // It may have committed the end of its run and died before it could log that: the row shows it.
    const row = task === undefined ? undefined : await store.read({ partition: `task#${task}`, id: task });
    kills.push({ at, ...(row?.run !== undefined && task !== undefined && { task }) });
  }
}

/** How long it took until each task that a killed worker ran was resumed (ms); cancelled ones need not be. */
export function measureRecoveries(
  kills: readonly Kill[],
  workerLog: WorkerLog,
  isCancelled: (task: string) => boolean,
): number[] {
  return kills.flatMap(({ at, task }) => {
    if (task === undefined) return [];
    const resumedAt = workerLog.findRunStartAfter(task, at);
    if (resumedAt !== undefined) return [resumedAt - at];
    return isCancelled(task) ? [] : [Number.POSITIVE_INFINITY];
  });
}
