/** Drives one task as a client: call, poll, answer, sometimes cancel, until it has ended. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../support/simulation/random.ts';
import type { RetryingClient, WireTask } from './retrying-client.ts';

/** Relative frequencies of the tools. One `long` task occupies a worker longer than ten others. */
const TOOL_SHARES = { steps: 6, asks: 5, sleeps: 3, retries: 2, cancelled: 2, large: 1, long: 1 };
export type SoakToolName = keyof typeof TOOL_SHARES;
const WEIGHTED_TOOL_NAMES = Object.entries(TOOL_SHARES).flatMap(([name, share]) =>
  Array<SoakToolName>(share).fill(name as SoakToolName),
);

/** What a client knows of a task that was acknowledged to it. */
export interface SoakTask {
  readonly n: number;
  readonly toolName: SoakToolName;
  readonly id: string;
  /** The answer that it sent to each question. */
  readonly answers: Map<string, string>;
  cancelAcknowledged: boolean;
  /** The task when it was first seen to have ended. */
  endedTask?: WireTask;
  /** Why the client gave up on it. */
  lost?: string;
}

const ENDED_STATUSES: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
export const isEnded = ({ status }: WireTask): boolean => ENDED_STATUSES.has(status);

/** @param onAcknowledged called with the task as soon as it is acknowledged */
export async function driveTask(
  client: RetryingClient,
  n: number,
  random: Random,
  onAcknowledged: (task: SoakTask) => void,
  signal: AbortSignal,
): Promise<void> {
  const toolName = WEIGHTED_TOOL_NAMES[Math.floor(random() * WEIGHTED_TOOL_NAMES.length)] as SoakToolName;
  const created = await client.start(toolName, { n });
  const task: SoakTask = { n, toolName, id: created.taskId, answers: new Map(), cancelAcknowledged: false };
  onAcknowledged(task);
  try {
    await pollToEnd(client, task, created, random, signal);
  } catch (error) {
    if (!signal.aborted) task.lost = String(error);
  }
}

async function pollToEnd(
  client: RetryingClient,
  task: SoakTask,
  created: WireTask,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const cancelAt = task.toolName === 'cancelled' ? Date.now() + random() * 6_000 : Number.POSITIVE_INFINITY;
  for (let view = created; ; ) {
    await delay((view.pollIntervalMs ?? 1_000) * (0.5 + random()), undefined, { signal });
    if (Date.now() >= cancelAt && !task.cancelAcknowledged) {
      await client.cancel(task.id);
      task.cancelAcknowledged = true;
    }
    view = await client.get(task.id);
    if (isEnded(view)) {
      task.endedTask = view;
      return;
    }
    if (task.cancelAcknowledged) throw new Error(`its cancel was acknowledged, but it is ${view.status}`);
    await answerSomeQuestions(client, task, view, random);
  }
}

/** Answers some of the questions, some of them twice. */
async function answerSomeQuestions(
  client: RetryingClient,
  task: SoakTask,
  view: WireTask,
  random: Random,
): Promise<void> {
  if (task.toolName === 'cancelled') return;
  for (const key of Object.keys(view.inputRequests ?? {})) {
    if (random() < 0.3) continue;
    const value = task.answers.get(key) ?? `${task.n} ${key} ${random()}`;
    task.answers.set(key, value);
    const answer = { [key]: { action: 'accept', content: { value } } };
    await client.update(task.id, answer);
    if (random() < 0.2) await client.update(task.id, answer);
  }
}
