/** A server of somebody else's, run as a child process: started on a port, waited for, and ended with us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { CannotStart } from './errors.ts';

/** A server that answers at `endpoint`. */
export interface ServerProcess {
  readonly endpoint: string;
  /** Ends the process at once: it keeps nothing that a later one could read. Resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  /** What it is, for messages. */
  readonly name: string;
  readonly command: string;
  /** Arguments, once the port is known. */
  readonly args: (port: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** One line for a command that is not there or ended at once, from what it wrote. */
  readonly explain?: (problem: string) => string | undefined;
}

/**
 * Runs the command in a shell that holds the other end of a pipe from us. When the pipe closes, because we close it or
 * because we are gone in whatever way, the server is killed: it has no means of its own to notice.
 */
const GUARD_SCRIPT = [
  'exec 3<&0',
  '"$0" "$@" 3<&- & server=$!',
  '{ read -r _ <&3; kill -9 $server; } >/dev/null 2>&1 & guard=$!',
  'exec 3<&-',
  'wait $server; code=$?',
  // Nothing of ours is left either when the shell is.
  '{ kill $guard; wait $guard; } 2>/dev/null',
  'exit $code',
].join('\n');

/**
 * Start a server and wait (up to 30 s) until it answers HTTP.
 * @param port which to listen on; a free one by default
 * @throws CannotStart
 */
export const startServerProcess = async (server: ServerCommand, port = 0): Promise<ServerProcess> => {
  const chosen = await findFreePort(server.name, port);
  // A process group of its own, so that Ctrl-C leaves the order of ending to whoever started it.
  const child = spawn('/bin/sh', ['-c', GUARD_SCRIPT, server.command, ...server.args(chosen)], {
    detached: true,
    env: { ...process.env, ...server.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (text: Buffer) => {
    said = (said + text).slice(-4_000);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = String(error);
  });
  child.once('exit', (code, signal) => {
    ended ??= said.trim() || `it ended with ${signal ?? code}`;
  });
  const stop = () => stopProcess(child);

  const endpoint = `http://127.0.0.1:${chosen}`;
  const giveUpAt = Date.now() + 30_000;
  while (!(await isResponding(endpoint)) || ended !== undefined) {
    const problem = ended ?? (Date.now() > giveUpAt ? `no answer within 30 s. ${said.trim()}` : undefined);
    if (problem !== undefined) {
      await stop();
      throw new CannotStart(server.explain?.(problem) ?? `${server.name} did not start: ${toOneLine(problem)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return { endpoint, stop };
};

/** The port itself if nothing listens on it; any free one for 0. */
const findFreePort = async (name: string, port: number): Promise<number> => {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
    return (probe.address() as AddressInfo).port;
  } catch (error) {
    throw new CannotStart(`${name} cannot listen on port ${port}: ${(error as Error).message}. Choose another port.`);
  } finally {
    probe.close();
  }
};

/** Any answer will do: both DynamoDBs refuse a plain GET in their own way. */
const isResponding = async (endpoint: string): Promise<boolean> => {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
};

const stopProcess = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.stdin?.destroy();
  await gone;
};

const toOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(-500);
