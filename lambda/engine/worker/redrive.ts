/**
 * The dead-letter side. Being given back counts as being received, so healthy messages can end in the
 * dead-letter queue: it gives no verdict, and the claim decides.
 */
import { isTerminal } from '../../tasks/record.ts';
import type { TaskStore } from '../../tasks/store.ts';
import { parseOwner } from '../log-fields.ts';
import { toFairnessGroup } from '../partition.ts';
import type { Clock, Log, WakeUpQueue } from '../ports.ts';
import { toTraceFields } from '../trace.ts';
import type { Redrive } from './types.ts';

/** A message that went round so often waits this long before the next round (ms). */
const REDRIVE_DELAY_MS = 60_000;

export function createRedrive(parts: {
  readonly store: TaskStore;
  readonly queue: WakeUpQueue;
  readonly clock: Clock;
  readonly log: Log;
}): Redrive {
  return {
    redrive: async (wakeUp) => {
      const row = await parts.store.read({ partition: wakeUp.partition, id: wakeUp.task });
      const over =
        row !== undefined &&
        (row.void === true ||
          row.generation > wakeUp.generation ||
          row.expiresAt <= parts.clock.now() ||
          (isTerminal(row.status) && row.cleanUp !== 'owed'));
      if (!over) {
        await parts.queue.send(wakeUp, { delayMs: REDRIVE_DELAY_MS, ...toFairnessGroup(wakeUp.partition) });
        parts.log('message.redriven', {
          task: wakeUp.task,
          owner: parseOwner(wakeUp.partition),
          tool: row?.tool,
          generation: wakeUp.generation,
          ...toTraceFields(wakeUp.traceparent),
        });
      }
    },
  };
}
