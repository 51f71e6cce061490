/**
 * The dead-letter side. A message that is put back counts as received, so healthy messages can end in the
 * dead-letter queue: nothing is judged here, and the claim decides.
 */
import { isTerminal, type TaskRow } from '../../tasks/record.ts';
import type { TaskStore } from '../../tasks/store.ts';
import { parseOwner } from '../partition.ts';
import type { Clock, Log, WakeUp, WakeUpQueue } from '../ports.ts';
import { toTraceFields } from '../trace.ts';
import { sendWakeUp } from '../wake-up.ts';

/** Sends again what is still owed. */
export interface Redrive {
  /** Rejects when the store or the queue cannot be reached: the message then stays in the dead-letter queue. */
  redrive(wakeUp: WakeUp): Promise<void>;
}

/** A message that went through all its receives waits this long before the next round (ms). */
const REDRIVE_DELAY_MS = 60_000;

export function createRedrive(options: {
  readonly store: TaskStore;
  readonly queue: WakeUpQueue;
  readonly clock: Clock;
  readonly log: Log;
}): Redrive {
  const { store, queue, clock, log } = options;
  return {
    redrive: async (wakeUp) => {
      const row = await store.read({ partition: wakeUp.partition, id: wakeUp.task });
      if (row && isStale(wakeUp, row, clock.now())) return;
      await sendWakeUp(queue, wakeUp, REDRIVE_DELAY_MS);
      log('message.redriven', {
        task: wakeUp.task,
        owner: parseOwner(wakeUp.partition),
        tool: row?.tool,
        generation: wakeUp.generation,
        ...toTraceFields(wakeUp.traceparent),
      });
    },
  };
}

/** Whether a wake-up can do nothing any more for its row. */
function isStale(wakeUp: WakeUp, row: TaskRow, now: number): boolean {
  return (
    row.void === true ||
    row.generation > wakeUp.generation ||
    row.expiresAt <= now ||
    (isTerminal(row.status) && row.cleanUp !== 'owed')
  );
}
