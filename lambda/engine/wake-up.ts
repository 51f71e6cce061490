/** Building and sending wake-ups. */
import { parseOwner } from './partition.ts';
import type { WakeUp, WakeUpQueue } from './ports.ts';

/** The row that a wake-up is for; `traceparent` is of the call or run that sends it. */
export interface WakeUpTarget {
  readonly partition: string;
  readonly id: string;
  readonly traceparent?: string | undefined;
}

/** Wakes one generation of a task. Times in ms since the epoch; see {@link WakeUp}. */
export function buildWakeUp(
  { partition, id, traceparent }: WakeUpTarget,
  { generation, commitBy, dueAt }: Pick<WakeUp, 'generation' | 'commitBy' | 'dueAt'>,
): WakeUp {
  return {
    partition,
    task: id,
    generation,
    commitBy,
    ...(traceparent !== undefined && { traceparent }),
    ...(dueAt !== undefined && { dueAt }),
  };
}

/** Sends a wake-up in its owner's fairness group. @throws Unavailable */
export async function sendWakeUp(queue: WakeUpQueue, wakeUp: WakeUp, delayMs = 0): Promise<void> {
  const group = parseOwner(wakeUp.partition);
  await queue.send(wakeUp, { delayMs, ...(group !== undefined && { group }) });
}
