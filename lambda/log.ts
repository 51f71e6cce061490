/** One JSON line per event: ids, names and figures; never arguments, results or tokens. */
import type { Log } from './engine/ports.ts';

/** What wants somebody's attention; everything else is information. */
const WARNINGS = new Set([
  ...[
    'message.poison',
    'message.keptLonger',
    'message.notRenewed',
    'lease.notRenewed',
    'eventLoop.blocked',
    'run.leftRunning',
  ],
  ...['cleanUp.givenUp', 'cleanUp.threw', 'write.again', 'work.failed', 'request.failed'],
]);

/** @param write where lines go; one call per line, without the line feed */
export const jsonLog =
  (write: (line: string) => void): Log =>
  (event, facts) =>
    write(JSON.stringify({ level: WARNINGS.has(event) ? 'WARN' : 'INFO', event, ...facts }));
