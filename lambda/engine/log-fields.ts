/** What the lines about a task have in common, so that a log query finds the whole of its life. */
import type { TaskRow } from '../tasks/record.ts';
import { groupOf } from './partition.ts';
import type { Log } from './ports.ts';
import { traceFacts } from './trace.ts';

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
