/** What the lines about a task have in common, so that a log query finds the whole of its life. */
import type { TaskRow } from '../tasks/record.ts';
import { groupOf } from './context.ts';
import type { Delivery, Log } from './ports.ts';
import { spanFacts, traceFacts, within } from './trace.ts';
import type { WorkerTools } from './worker.ts';

type Facts = Parameters<Log>[1];

/** Which task a line is about, and whose: the owner's hash. */
export function factsOf(row: TaskRow): Facts {
  const { id, tool, era, generation, traceparent } = row;
  return { task: id, owner: ownerOf(row.partition), tool, era, generation, ...traceFacts(traceparent) };
}

/** The owner's hash; absent on an anonymous server. */
export const ownerOf = (partition: string): string | undefined => groupOf(partition).group;

/** The same log, whose lines say these facts too; those of a line win. */
export const withFacts =
  (log: Log, facts: () => Facts): Log =>
  (event, own) =>
    log(event, { ...facts(), ...own });

/**
 * What one run is given: a log whose lines tell which run of which task they are about and how long it has run
 * (`runMs`), and a message in whose place the run sends those of its own, within its own span.
 */
export function inRun(
  tools: WorkerTools,
  delivery: Delivery,
  row: TaskRow,
): { readonly tools: WorkerTools; readonly delivery: Delivery } {
  const startedAt = tools.clock.now();
  const { run = '' } = row;
  const { traceparent = row.traceparent } = delivery.wakeUp;
  const facts = { ...factsOf(row), attempt: row.failures, ...spanFacts(traceparent, run) };
  const log = withFacts(tools.log, () => ({ ...facts, runMs: tools.clock.now() - startedAt }));
  const wakeUp = traceparent === undefined ? {} : { traceparent: within(traceparent, run) };
  return { tools: { ...tools, log }, delivery: { ...delivery, wakeUp: { ...delivery.wakeUp, ...wakeUp } } };
}

/**
 * How long a generation waited for a worker (ms), since it was due. Only a message's first delivery tells: a later
 * one counts a run that died, or somebody else's lease.
 */
export function queueWaitMs({ wakeUp, receives }: Delivery, now: number): number | undefined {
  return wakeUp.dueAt === undefined || receives !== 1 ? undefined : Math.max(0, now - wakeUp.dueAt);
}
