/** One JSON line per event: ids, names and figures; never arguments, answers, results or tokens. */
import type { Log } from '../engine/ports.ts';
import { measureEvent, toEmbeddedMetrics } from './metrics.ts';
import { countPolls } from './polls.ts';

/** What did not work and will not by itself. */
const ERROR_EVENTS = new Set(['work.failed', 'request.failed', 'message.poison', 'cleanUp.givenUp']);

/** What wants somebody's attention if it goes on; everything else is information. */
const WARNING_EVENTS = new Set([
  ...['message.keptLonger', 'message.notRenewed', 'message.redriven', 'lease.notRenewed', 'write.again'],
  ...['run.leftRunning', 'run.died', 'run.lost', 'run.superseded', 'run.withoutThread'],
  ...['eventLoop.blocked', 'task.expired', 'cleanUp.threw', 'subscription.unread'],
]);

export interface LogOptions {
  /** Where lines go; one call per line, without the line feed. */
  readonly write: (line: string) => void;
  /** ms since the epoch */
  readonly now: () => number;
  /** The name under which CloudWatch keeps this server's metrics. Default: none are made. */
  readonly server?: string | undefined;
  /** The id that Lambda gave the present invocation, and its own lines. */
  readonly requestId?: () => string | undefined;
}

/** `timestamp` and `level` are those by which Lambda's own log levels filter. */
export const createJsonLog = ({ write, now, server, requestId }: LogOptions): Log =>
  countPolls((event, facts) => {
    const time = now();
    const line = { timestamp: new Date(time).toISOString(), level: toLogLevel(event), event, requestId: requestId?.() };
    const metrics = server === undefined ? {} : toEmbeddedMetrics(measureEvent(event, facts), server, facts.tool, time);
    write(JSON.stringify({ ...line, ...facts, ...metrics }));
  }, now);

const toLogLevel = (event: string): string =>
  ERROR_EVENTS.has(event) ? 'ERROR' : WARNING_EVENTS.has(event) ? 'WARN' : 'INFO';
