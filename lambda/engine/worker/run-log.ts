/** The fields that all lines of one run share, on top of those of its task. */
import type { TaskRow } from '../../tasks/record.ts';
import { toLogFields, withLogFields } from '../log-fields.ts';
import type { Delivery } from '../ports.ts';
import { deriveTraceparent, toSpanFields } from '../trace.ts';
import type { WorkerContext } from './context.ts';

/**
 * The worker and the delivery as one run uses them: the log says which run of which task a line is about and how
 * long it has run (`runMs`), and the delivery carries the run's own span to the messages that the run sends.
 */
export function withRunFields(
  worker: WorkerContext,
  delivery: Delivery,
  row: TaskRow,
  startedAt: number,
): { readonly worker: WorkerContext; readonly delivery: Delivery } {
  const { run = '' } = row;
  const { traceparent = row.traceparent } = delivery.wakeUp;
  const fields = { ...toLogFields(row), attempt: row.failures, ...toSpanFields(traceparent, run) };
  const log = withLogFields(worker.log, () => ({ ...fields, runMs: worker.clock.now() - startedAt }));
  const span = traceparent === undefined ? {} : { traceparent: deriveTraceparent(traceparent, run) };
  return { worker: { ...worker, log }, delivery: { ...delivery, wakeUp: { ...delivery.wakeUp, ...span } } };
}

/**
 * How long a generation waited for a worker (ms), from when it was due. Known from a message's first delivery only:
 * a later one would count a run that died, or another run's lease.
 */
export function measureQueueWaitMs({ wakeUp, receives }: Delivery, now: number): number | undefined {
  return wakeUp.dueAt === undefined || receives !== 1 ? undefined : Math.max(0, now - wakeUp.dueAt);
}
