/** A run that holds its task: what it carries around, and what its writes have in common. */
import { isOutstanding, type Questions, type TaskRow } from '../../tasks/record.ts';
import type { WriteResult } from '../../tasks/store.ts';
import { judgeLost, type RunWrite } from '../../tasks/writes/held.ts';
import { LeaseLost, TaskCancelled } from '../../tool/errors.ts';
import type { Delivery, Disposal } from '../ports.ts';
import { retryUntil } from './retry-until.ts';
import type { WorkerContext } from './worker-parts.ts';

/** What one run carries around. */
export interface TaskRun {
  readonly tools: WorkerContext;
  readonly delivery: Delivery;
  readonly run: string;
  /** When the function will be stopped (ms since the epoch). */
  readonly deadline: number;
  readonly startedAt: number;
  /** How long the function was given for this message (ms). */
  readonly functionMs: number;
  /** From when on another run takes over at the next recorded step (ms since the epoch). */
  readonly handOverAt: number;
  /** The row as this run last saw it. */
  row: TaskRow;
  /** Whether this run recorded a step: only then may it hand over. */
  progressed: boolean;
}

/** What a run writes is tried again while its lease may still be live and its function still has time. */
export const persist = <T>(task: TaskRun, write: string, attempt: () => Promise<T>): Promise<T> => {
  const { clock, settings } = task.tools;
  const until = Math.min(clock.now() + settings.leaseMs - settings.heartbeatMs, task.deadline - 1_000);
  return retryUntil(task.tools, { task: task.row.id, write }, until, attempt);
};

export const heldOf = (task: TaskRun): RunWrite => ({ key: task.row, run: task.run, now: task.tools.clock.now() });

export const toLossError = (written: WriteResult & { done: false }): Error =>
  judgeLost(written) === 'cancelled'
    ? new TaskCancelled('The task was cancelled.')
    : new LeaseLost('Another run holds the task, or it has ended or expired.');

/** Refused as not ours: it ended without us. The message stays, for a successor or to be dropped on sight. */
export function superseded(task: TaskRun, what: string, written: WriteResult): Disposal {
  task.tools.log('run.superseded', { task: task.row.id, tool: task.row.tool, at: what, status: written.row?.status });
  return 'keep';
}

export const toOpenStatus = (questions: Questions): 'working' | 'input_required' =>
  Object.values(questions).some(isOutstanding) ? 'input_required' : 'working';

export const packQuestions = (task: TaskRun, questions: Questions, what: string) =>
  task.tools.payloads.pack(
    JSON.stringify(questions),
    task.tools.settings.inlineInputBytes,
    `tasks/${task.row.id}/questions-${what}-${task.row.revision}-${task.run}`,
  );
