/** One JSON line for each event: ids, names and figures; never arguments, answers, results or tokens. */
import type { Log } from '../engine/ports.ts';
import { measureEvent, toEmbeddedMetrics } from './metrics.ts';
import { countPolls } from './polls.ts';

/** Failures that do not resolve themselves. */
const ERROR_EVENTS = new Set(['work.failed', 'request.failed', 'message.poison', 'cleanUp.givenUp']);

/** What needs attention if it continues; every other event is information. */
// biome-ignore format: events of one kind to a line
const WARNING_EVENTS = new Set([
  'message.keptLonger', 'message.notRenewed', 'message.redriven', 'lease.notRenewed', 'write.again',
  'run.leftRunning', 'run.died', 'run.lost', 'run.superseded', 'run.withoutThread',
  'eventLoop.blocked', 'task.expired', 'cleanUp.threw', 'subscription.unread',
]);

export interface LogOptions {
  /** Where lines go; one call per line, without the line feed. */
  readonly write: (line: string) => void;
  /** ms since the epoch */
  readonly now: () => number;
  /** The name under which CloudWatch keeps this server's metrics. Default: no metrics. */
  readonly server?: string | undefined;
  /** Lambda's id of the current invocation. */
  readonly requestId?: () => string | undefined;
}

/** Lambda's own log levels filter by `timestamp` and `level`. */
export function createJsonLog({ write, now, server, requestId }: LogOptions): Log {
  return countPolls((event, fields) => {
    const time = now();
    const line = { timestamp: new Date(time).toISOString(), level: toLogLevel(event), event, requestId: requestId?.() };
    const metrics =
      server === undefined ? {} : toEmbeddedMetrics(measureEvent(event, fields), server, fields.tool, time);
    write(JSON.stringify({ ...line, ...fields, ...metrics }));
  }, now);
}

function toLogLevel(event: string): 'ERROR' | 'WARN' | 'INFO' {
  if (ERROR_EVENTS.has(event)) return 'ERROR';
  return WARNING_EVENTS.has(event) ? 'WARN' : 'INFO';
}
