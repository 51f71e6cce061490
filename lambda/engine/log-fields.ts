/** The fields that all lines about a task share, so that one log query finds its whole life. */
import type { TaskRow } from '../tasks/record.ts';
import { parseOwner } from './partition.ts';
import type { Log } from './ports.ts';
import { toTraceFields } from './trace.ts';

type LogFields = Parameters<Log>[1];

/** Which task a line is about, and whose it is: `owner` is the owner's hash. */
export function toLogFields(row: TaskRow): LogFields {
  const { id, tool, era, generation, traceparent } = row;
  return { task: id, owner: parseOwner(row.partition), tool, era, generation, ...toTraceFields(traceparent) };
}

/** The same log with these fields on every line; a line's own fields win. */
export function withLogFields(log: Log, fields: () => LogFields): Log {
  return (event, lineFields) => log(event, { ...fields(), ...lineFields });
}
