/** What the lines about a task have in common, so that a log query finds the whole of its life. */
import type { TaskRow } from '../tasks/record.ts';
import { toFairnessGroup } from './partition.ts';
import type { Log } from './ports.ts';
import { toTraceFields } from './trace.ts';

type LogFields = Parameters<Log>[1];

/** Which task a line is about, and whose: the owner's hash. */
export function toLogFields(row: TaskRow): LogFields {
  const { id, tool, era, generation, traceparent } = row;
  return { task: id, owner: parseOwner(row.partition), tool, era, generation, ...toTraceFields(traceparent) };
}

/** The owner's hash; absent on an anonymous server. */
export const parseOwner = (partition: string): string | undefined => toFairnessGroup(partition).group;

/** The same log, whose lines say these facts too; those of a line win. */
export const withLogFields =
  (log: Log, facts: () => LogFields): Log =>
  (event, own) =>
    log(event, { ...facts(), ...own });
