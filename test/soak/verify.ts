/** Verifies that each acknowledged task ended once, with its own correct result. */
import { isDeepStrictEqual } from 'node:util';
import type { PayloadStore } from '../../lambda/payloads/store.ts';
import type { JournalEntry } from '../../lambda/tasks/record.ts';
import type { TaskStore } from '../../lambda/tasks/store.ts';
import type { SoakTask } from './driver.ts';
import type { RetryingClient, WireTask } from './retrying-client.ts';
import type { WorkerLog } from './worker-log.ts';

export interface SoakVerdicts {
  readonly created: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Not found any more, or ended with anything but its own correct result. */
  readonly lost: number;
  /** Not ended. */
  readonly stuck: number;
  /** Ended more than once, or had another outcome when it was read again. */
  readonly duplicated: number;
  /** What is wrong, one line each. */
  readonly problems: readonly string[];
}

export interface VerifyOptions {
  readonly client: RetryingClient;
  readonly store: TaskStore;
  readonly payloads: PayloadStore;
  readonly workerLog: WorkerLog;
}

export async function verifyTasks(tasks: readonly SoakTask[], options: VerifyOptions): Promise<SoakVerdicts> {
  const endCounts = options.workerLog.countEvents('task.ended');
  const cleanUpCounts = options.workerLog.countEvents('cleanUp.done');
  const counts = { completed: 0, failed: 0, cancelled: 0, lost: 0, stuck: 0, duplicated: 0 };
  const problems: string[] = [];
  if (endCounts.size === 0) problems.push('the log of the workers is empty');
  for (const task of tasks) {
    const addProblem = (kind: 'lost' | 'stuck' | 'duplicated' | 'failed', why: string) => {
      if (kind !== 'failed') counts[kind] += 1;
      problems.push(`${kind}: ${task.toolName} ${task.n} (${task.id}): ${why}`);
    };
    const { endedTask } = task;
    if (task.lost !== undefined) addProblem('lost', task.lost);
    else if (!endedTask) addProblem('stuck', 'it has not ended');
    if (!endedTask) continue;
    counts[endedTask.status as 'completed' | 'failed' | 'cancelled'] += 1;
    const again = await options.client.get(task.id).catch((error: unknown) => String(error));
    if (typeof again === 'string') addProblem('lost', again);
    else if (!isDeepStrictEqual(toOutcomeFields(again), toOutcomeFields(endedTask)))
      addProblem('duplicated', 'it has another outcome now');
    if ((endCounts.get(task.id) ?? 0) > 1)
      addProblem('duplicated', `its end was committed ${endCounts.get(task.id)} times`);
    if (endedTask.status === 'failed') addProblem('failed', endedTask.error?.message ?? 'without a reason');
    else if (endedTask.status === 'completed') {
      const problem = await findProblem(task, endedTask, options).catch(String);
      if (problem !== undefined) addProblem('lost', problem);
    } else if (!task.cancelAcknowledged && task.toolName !== 'cancelled')
      addProblem('lost', 'it was cancelled without a request');
    else if (!cleanUpCounts.has(task.id)) addProblem('lost', 'its onCancel never ran');
  }
  return { created: tasks.length, ...counts, problems };
}

const toOutcomeFields = ({ status, result, error }: WireTask) => ({ status, result, error });

/** @returns what is wrong with a completed task's result, if anything */
async function findProblem(task: SoakTask, endedTask: WireTask, options: VerifyOptions): Promise<string | undefined> {
  const seen = JSON.parse(endedTask.result?.content?.[0]?.text ?? '{}') as {
    readonly n?: number;
    readonly steps?: Record<string, string>;
    readonly answers?: Record<string, string>;
  };
  if (seen.n !== task.n) return `it has the result of task ${seen.n}`;
  const recorded = await readRecordedSteps(task.id, options);
  const steps = Object.entries(seen.steps ?? {});
  if (steps.length === 0 || steps.length !== recorded.size)
    return `it returned ${steps.length} steps of ${recorded.size} recorded ones`;
  for (const [name, value] of steps) {
    if (!value.startsWith(`${task.n} ${name} `)) return `step ${name} returned ${value}`;
    if (recorded.get(name) !== value) return `step ${name} returned ${value}, but recorded ${recorded.get(name)}`;
  }
  const answers = Object.entries(seen.answers ?? {});
  if (answers.length !== task.answers.size) return `it returned ${answers.length} answers of ${task.answers.size} sent`;
  for (const [key, value] of answers)
    if (task.answers.get(key) !== value) return `${key} was answered ${task.answers.get(key)}, but read as ${value}`;
  return undefined;
}

/** The recorded values of steps, by name; failed attempts are entries of another kind. */
async function readRecordedSteps(id: string, { store, payloads }: VerifyOptions): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const entry of await store.journal(id)) {
    const [, name] = /^step:(.*)#1$/.exec(entry.id) ?? [];
    if (name !== undefined) values.set(name, ((await readEntryValue(entry, payloads)) as { readonly v: string }).v);
  }
  return values;
}

const readEntryValue = async ({ value }: JournalEntry, payloads: PayloadStore): Promise<unknown> =>
  JSON.parse(typeof value === 'string' ? value : await payloads.get(value.at));
