/** What the lines of one run say beside those of its task. */
import type { TaskRow } from '../../tasks/record.ts';
import { toLogFields, withLogFields } from '../log-fields.ts';
import type { Delivery } from '../ports.ts';
import { deriveTraceparent, toSpanFields } from '../trace.ts';
import type { WorkerContext } from './worker-parts.ts';

/**
 * What one run is given: a log whose lines tell which run of which task they are about and how long it has run
 * (`runMs`), and a message in whose place the run sends those of its own, within its own span.
 */
export function withRunFields(
  tools: WorkerContext,
  delivery: Delivery,
  row: TaskRow,
): { readonly tools: WorkerContext; readonly delivery: Delivery } {
  const startedAt = tools.clock.now();
  const { run = '' } = row;
  const { traceparent = row.traceparent } = delivery.wakeUp;
  const facts = { ...toLogFields(row), attempt: row.failures, ...toSpanFields(traceparent, run) };
  const log = withLogFields(tools.log, () => ({ ...facts, runMs: tools.clock.now() - startedAt }));
  const wakeUp = traceparent === undefined ? {} : { traceparent: deriveTraceparent(traceparent, run) };
  return { tools: { ...tools, log }, delivery: { ...delivery, wakeUp: { ...delivery.wakeUp, ...wakeUp } } };
}

/**
 * How long a generation waited for a worker (ms), since it was due. Only a message's first delivery tells: a later
 * one counts a run that died, or somebody else's lease.
 */
export function measureQueueWaitMs({ wakeUp, receives }: Delivery, now: number): number | undefined {
  return wakeUp.dueAt === undefined || receives !== 1 ? undefined : Math.max(0, now - wakeUp.dueAt);
}
