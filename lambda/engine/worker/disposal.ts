/** What becomes of a message that cannot be worked on now. */
import type { Delivery, Disposal, WakeUp } from '../ports.ts';
import { sendWakeUp } from '../wake-up.ts';
import type { WorkerContext } from './context.ts';

/** Lets the message reappear after `ms`. If SQS refuses, it reappears at its own visibility time-out. */
export async function putBack({ log }: WorkerContext, delivery: Delivery, ms: number): Promise<Disposal> {
  try {
    await delivery.reappearIn(ms);
  } catch (error) {
    log('message.keptLonger', { task: delivery.wakeUp.task, error: String(error) });
  }
  return 'keep';
}

/** Sends the same wake-up again, due in `ms`, before the received one is deleted. */
export async function resendWakeUp({ queue }: WorkerContext, wakeUp: WakeUp, ms: number): Promise<Disposal> {
  await sendWakeUp(queue, wakeUp, ms);
  return 'delete';
}
