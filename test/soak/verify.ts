/** Whether each task that was acknowledged came to its own right end, and to one end only. */
import { isDeepStrictEqual } from 'node:util';
import type { PayloadStore } from '../../lambda/payloads/store.ts';
import type { JournalEntry } from '../../lambda/tasks/record.ts';
import type { TaskStore } from '../../lambda/tasks/store.ts';
import { isEnded, type SoakTask } from './driver.ts';
import type { RetryingClient, WireTask } from './retrying-client.ts';
import type { WorkerLog } from './worker-log.ts';

export interface SoakVerdicts {
  readonly created: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Not found any more, or ended with something else than its own right result. */
  readonly lost: number;
  /** Not ended. */
  readonly stuck: number;
  /** Ended more than once, or differently when looked at again. */
  readonly duplicated: number;
  /** What is wrong, one line for each task. */
  readonly problems: readonly string[];
}

export interface VerifyOptions {
  readonly client: RetryingClient;
  readonly store: TaskStore;
  readonly payloads: PayloadStore;
  readonly witness: WorkerLog;
}

export async function verifyTasks(tasks: readonly SoakTask[], evidence: VerifyOptions): Promise<SoakVerdicts> {
  const ends = evidence.witness.countEvents('task.ended');
  const cleanUps = evidence.witness.countEvents('cleanUp.done');
  const found = { completed: 0, failed: 0, cancelled: 0, lost: 0, stuck: 0, duplicated: 0 };
  const problems: string[] = [];
  if (ends.size === 0) problems.push('the log of the workers says nothing');
  for (const task of tasks) {
    const tell = (what: 'lost' | 'stuck' | 'duplicated' | 'failed', why: string) => {
      if (what !== 'failed') found[what] += 1;
      problems.push(`${what}: ${task.toolName} ${task.n} (${task.id}): ${why}`);
    };
    const { ended } = task;
    if (task.lost !== undefined) tell('lost', task.lost);
    else if (!ended) tell('stuck', 'it has not ended');
    if (!ended) continue;
    found[ended.status as 'completed' | 'failed' | 'cancelled'] += 1;
    const again = await evidence.client.get(task.id).catch((error: unknown) => String(error));
    if (typeof again === 'string') tell('lost', again);
    else if (!isDeepStrictEqual(toOutcomeFields(again), toOutcomeFields(ended)))
      tell('duplicated', 'it has another outcome now');
    if ((ends.get(task.id) ?? 0) > 1) tell('duplicated', `its end was committed ${ends.get(task.id)} times`);
    if (ended.status === 'failed') tell('failed', ended.error?.message ?? 'without a reason');
    else if (ended.status === 'completed') {
      const wrong = await findProblem(task, ended, evidence).catch(String);
      if (wrong !== undefined) tell('lost', wrong);
    } else if (!task.cancelAcknowledged && task.toolName !== 'cancelled') tell('lost', 'nobody cancelled it');
    else if (!cleanUps.has(task.id)) tell('lost', 'its onCancel never ran');
  }
  return { created: tasks.length, ...found, problems };
}

const toOutcomeFields = ({ status, result, error }: WireTask) => ({ status, result, error });

/** What is wrong in a completed task's result, if anything. */
async function findProblem(task: SoakTask, ended: WireTask, evidence: VerifyOptions): Promise<string | undefined> {
  if (!isEnded(ended)) return 'it has no end';
  const seen = JSON.parse(ended.result?.content?.[0]?.text ?? '{}') as {
    readonly n?: number;
    readonly steps?: Record<string, string>;
    readonly answers?: Record<string, string>;
  };
  if (seen.n !== task.n) return `it has the result of task ${seen.n}`;
  const recorded = await readRecordedSteps(task.id, evidence);
  const steps = Object.entries(seen.steps ?? {});
  if (steps.length === 0 || steps.length !== recorded.size) return `${steps.length} steps of ${recorded.size} recorded`;
  for (const [name, value] of steps) {
    if (!value.startsWith(`${task.n} ${name} `)) return `step ${name} returned ${value}`;
    if (recorded.get(name) !== value) return `step ${name} returned ${value} and recorded ${recorded.get(name)}`;
  }
  const answers = Object.entries(seen.answers ?? {});
  if (answers.length !== task.answers.size) return `${answers.length} answers of ${task.answers.size} given`;
  for (const [key, value] of answers)
    if (task.answers.get(key) !== value) return `${key} was answered ${task.answers.get(key)} and read as ${value}`;
  return undefined;
}

/** The values that steps recorded, by name; failed attempts are entries of another kind. */
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
