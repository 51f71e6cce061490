/** Sending wake-ups, and giving received ones back. */

import { toFairnessGroup } from '../partition.ts';
import type { Delivery, Disposal, WakeUp } from '../ports.ts';
import { persist, type TaskRun } from './held-run.ts';
import type { WorkerContext } from './worker-parts.ts';

/** SQS delays a message 15 minutes at most; a longer wait hops. */
export const MAX_DELAY_MS = 900_000;

/** Let the message come back after `ms`. If SQS refuses, it comes back at its own visibility time-out. */
export async function putBack(tools: WorkerContext, delivery: Delivery, ms: number): Promise<Disposal> {
  try {
    await delivery.reappearIn(ms);
  } catch (error) {
    tools.log('message.keptLonger', { task: delivery.wakeUp.task, error: String(error) });
  }
  return 'keep';
}

/** Send the same wake-up again for later, then delete this one: the next stands before this one goes. */
export async function resendWakeUp(tools: WorkerContext, wakeUp: WakeUp, ms: number): Promise<Disposal> {
  await tools.queue.send(wakeUp, {
    delayMs: Math.min(MAX_DELAY_MS, Math.max(0, ms)),
    ...toFairnessGroup(wakeUp.partition),
  });
  return 'delete';
}

/** Enqueue first, commit second. */
export async function sendWakeUp(task: TaskRun, generation: number, delayMs: number): Promise<void> {
  const { tools, row, deadline, delivery } = task;
  const { traceparent } = delivery.wakeUp;
  const { partition, id } = row;
  const wakeUp = {
    partition,
    task: id,
    generation,
    commitBy: deadline,
    ...(traceparent !== undefined && { traceparent }),
    dueAt: tools.clock.now() + Math.max(0, delayMs),
  };
  const options = { delayMs: Math.min(MAX_DELAY_MS, Math.max(0, delayMs)), ...toFairnessGroup(partition) };
  await persist(task, 'wakeUp', () => tools.queue.send(wakeUp, options));
}
