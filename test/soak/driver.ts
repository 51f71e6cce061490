/** One client's life with one task: call, poll, answer, sometimes cancel, until it has ended. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../support/simulation/random.ts';
import type { RetryingClient, WireTask } from './retrying-client.ts';

/** How often each tool is called in comparison. One `long` task holds a worker longer than ten others. */
const TOOL_SHARES = { steps: 6, asks: 5, sleeps: 3, retries: 2, cancelled: 2, large: 1, long: 1 };
export type SoakToolName = keyof typeof TOOL_SHARES;
const WEIGHTED_TOOL_NAMES = Object.entries(TOOL_SHARES).flatMap(([kind, share]) =>
  Array<SoakToolName>(share).fill(kind as SoakToolName),
);

/** What the client knows of a task that was acknowledged to it. */
export interface SoakTask {
  readonly n: number;
  readonly toolName: SoakToolName;
  readonly id: string;
  /** What it said to each question. */
  readonly answers: Map<string, string>;
  cancelAcknowledged: boolean;
  /** The task as it was when it was first seen ended. */
  ended?: WireTask;
  /** Why the client gave up on it. */
  lost?: string;
}

const ENDED_STATUSES: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
export const isEnded = ({ status }: WireTask): boolean => ENDED_STATUSES.has(status);

/** @param acknowledged told of the task as soon as it is one */
export async function driveTask(
  client: RetryingClient,
  n: number,
  random: Random,
  acknowledged: (known: SoakTask) => void,
  signal: AbortSignal,
): Promise<void> {
  const kind = WEIGHTED_TOOL_NAMES[Math.floor(random() * WEIGHTED_TOOL_NAMES.length)] as SoakToolName;
  const created = await client.start(kind, { n });
  const known: SoakTask = { n, toolName: kind, id: created.taskId, answers: new Map(), cancelAcknowledged: false };
  acknowledged(known);
  try {
    await pollToEnd(client, known, created, random, signal);
  } catch (error) {
    if (!signal.aborted) known.lost = String(error);
  }
}

async function pollToEnd(
  client: RetryingClient,
  known: SoakTask,
  created: WireTask,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const cancelAt = known.toolName === 'cancelled' ? Date.now() + random() * 6_000 : Number.POSITIVE_INFINITY;
  for (let task = created; ; ) {
    await delay((task.pollIntervalMs ?? 1_000) * (0.5 + random()), undefined, { signal });
    if (Date.now() >= cancelAt && !known.cancelAcknowledged) {
      await client.cancel(known.id);
      known.cancelAcknowledged = true;
    }
    task = await client.get(known.id);
    if (isEnded(task)) {
      known.ended = task;
      return;
    }
    if (known.cancelAcknowledged) throw new Error(`its cancel was acknowledged, and it is ${task.status}`);
    await answerSomeQuestions(client, known, task, random);
  }
}

/** Answers some of the questions, and some of the answers twice. */
async function answerSomeQuestions(
  client: RetryingClient,
  known: SoakTask,
  task: WireTask,
  random: Random,
): Promise<void> {
  if (known.toolName === 'cancelled') return;
  for (const key of Object.keys(task.inputRequests ?? {})) {
    if (random() < 0.3) continue;
    const value = known.answers.get(key) ?? `${known.n} ${key} ${random()}`;
    known.answers.set(key, value);
    const answer = { [key]: { action: 'accept', content: { value } } };
    await client.update(known.id, answer);
    if (random() < 0.2) await client.update(known.id, answer);
  }
}
