/** One client with one task: it calls, polls, answers, sometimes cancels, until the task has ended. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../support/simulation/random.ts';
import type { RetryingClient, WireTask } from './retrying-client.ts';

/** How often each tool is called, relative to the others. One `long` task holds a worker longer than ten others. */
const TOOL_SHARES = { steps: 6, asks: 5, sleeps: 3, retries: 2, cancelled: 2, large: 1, long: 1 };
export type SoakToolName = keyof typeof TOOL_SHARES;
const WEIGHTED_TOOL_NAMES = Object.entries(TOOL_SHARES).flatMap(([name, share]) =>
  Array<SoakToolName>(share).fill(name as SoakToolName),
);

/** What the client knows about a task that was acknowledged to it. */
export interface SoakTask {
  readonly n: number;
  readonly toolName: SoakToolName;
  readonly id: string;
  /** Its answer to each question. */
  readonly answers: Map<string, string>;
  cancelAcknowledged: boolean;
  /** The task as the client first saw it ended. */
  ended?: WireTask;
  /** Why the client gave up on the task. */
  lost?: string;
}

const ENDED_STATUSES: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
export const isEnded = ({ status }: WireTask): boolean => ENDED_STATUSES.has(status);

/** @param onAcknowledged receives the task as soon as the server has accepted it */
export async function driveTask(
  client: RetryingClient,
  n: number,
  random: Random,
  onAcknowledged: (task: SoakTask) => void,
  signal: AbortSignal,
): Promise<void> {
  const toolName = WEIGHTED_TOOL_NAMES[Math.floor(random() * WEIGHTED_TOOL_NAMES.length)] as SoakToolName;
  const created = await client.start(toolName, { n });
  const soakTask: SoakTask = { n, toolName, id: created.taskId, answers: new Map(), cancelAcknowledged: false };
  onAcknowledged(soakTask);
  try {
    await pollToEnd(client, soakTask, created, random, signal);
  } catch (error) {
    if (!signal.aborted) soakTask.lost = String(error);
  }
}

async function pollToEnd(
  client: RetryingClient,
  soakTask: SoakTask,
  created: WireTask,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const cancelAt = soakTask.toolName === 'cancelled' ? Date.now() + random() * 6_000 : Number.POSITIVE_INFINITY;
  for (let task = created; ; ) {
    await delay((task.pollIntervalMs ?? 1_000) * (0.5 + random()), undefined, { signal });
    if (Date.now() >= cancelAt && !soakTask.cancelAcknowledged) {
      await client.cancel(soakTask.id);
      soakTask.cancelAcknowledged = true;
    }
    task = await client.get(soakTask.id);
    if (isEnded(task)) {
      soakTask.ended = task;
      return;
    }
    if (soakTask.cancelAcknowledged) throw new Error(`its cancel was acknowledged, but it is ${task.status}`);
    await answerSomeQuestions(client, soakTask, task, random);
  }
}

/** Answers some of the questions, and some of them twice. */
async function answerSomeQuestions(
  client: RetryingClient,
  soakTask: SoakTask,
  task: WireTask,
  random: Random,
): Promise<void> {
  if (soakTask.toolName === 'cancelled') return;
  for (const key of Object.keys(task.inputRequests ?? {})) {
    if (random() < 0.3) continue;
    const value = soakTask.answers.get(key) ?? `${soakTask.n} ${key} ${random()}`;
    soakTask.answers.set(key, value);
    const answer = { [key]: { action: 'accept', content: { value } } };
    await client.update(soakTask.id, answer);
    if (random() < 0.2) await client.update(soakTask.id, answer);
  }
}
