/** A third-party server as a child process: started on a port, awaited, and ended together with this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { CannotStart } from './errors.ts';

/** A server that listens at `endpoint`. */
export interface ServerProcess {
  readonly endpoint: string;
  /** Kills the process, which has no state worth saving. Resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  /** Its name in messages. */
  readonly name: string;
  readonly command: string;
  /** The arguments for a port. */
  readonly args: (port: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** One line for a command that is missing or ended at once, given what it printed. */
  readonly explain?: (problem: string) => string | undefined;
  /** How long it may take until it answers (ms). Default 30,000. */
  readonly startTimeoutMs?: number | undefined;
}

/**
 * Runs the command in a shell that holds the other end of a pipe from this process. When the pipe closes, by `stop` or
 * because this process has ended in any way, the shell kills the server, which could not notice by itself.
 */
const GUARD_SCRIPT = [
  'exec 3<&0',
  '"$0" "$@" 3<&- & server=$!',
  '{ read -r _ <&3; kill -9 $server; } >/dev/null 2>&1 & guard=$!',
  'exec 3<&-',
  'wait $server; code=$?',
  // The guard must not outlive the shell.
  '{ kill $guard; wait $guard; } 2>/dev/null',
  'exit $code',
].join('\n');

/** How long a server may take to start unless its command says otherwise (ms). */
const START_TIMEOUT_MS = 30_000;
/** The end of its output that is kept for messages (characters). */
const MAX_OUTPUT_LENGTH = 4_000;

/**
 * Starts a server and waits (up to `startTimeoutMs`) until it answers HTTP.
 *
 * @param port where to listen; a free port by default
 * @throws CannotStart
 */
export async function startServerProcess(server: ServerCommand, port = 0): Promise<ServerProcess> {
  const chosenPort = await findFreePort(server.name, port);
  // In its own process group: Ctrl-C does not reach it, and this process decides the order of ending.
  const child = spawn('/bin/sh', ['-c', GUARD_SCRIPT, server.command, ...server.args(chosenPort)], {
    detached: true,
    env: { ...process.env, ...server.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const collectOutput = (text: Buffer) => {
    output = (output + text).slice(-MAX_OUTPUT_LENGTH);
  };
  child.stdout.on('data', collectOutput);
  child.stderr.on('data', collectOutput);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = String(error);
  });
  child.once('exit', (code, signal) => {
    ended ??= output.trim() || `it ended with ${signal ?? code}`;
  });
  const stop = () => stopProcess(child);

  const endpoint = `http://127.0.0.1:${chosenPort}`;
  const { startTimeoutMs = START_TIMEOUT_MS } = server;
  const giveUpAt = Date.now() + startTimeoutMs;
  while (!(await isResponding(endpoint, startTimeoutMs / 30)) || ended !== undefined) {
    const problem =
      ended ?? (Date.now() > giveUpAt ? `no answer within ${startTimeoutMs / 1_000} s. ${output.trim()}` : undefined);
    if (problem !== undefined) {
      await stop();
      throw new CannotStart(server.explain?.(problem) ?? `${server.name} did not start: ${toOneLine(problem)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return { endpoint, stop };
}

/** The port itself if nothing listens on it; any free one for 0. @throws CannotStart when it is in use */
async function findFreePort(name: string, port: number): Promise<number> {
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
}

/** Any response counts: both DynamoDB emulators refuse a plain GET, each in its own way. */
async function isResponding(endpoint: string, timeoutMs: number): Promise<boolean> {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.stdin?.destroy();
  await gone;
}

const toOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(-500);
