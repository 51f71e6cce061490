/** One process that runs a function's handler, as a Lambda execution environment does. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { CannotStart, InvocationFailed, InvocationNotStarted } from './errors.ts';
import type { InvocationMessage, ProcessMessage } from './runtime.ts';
import type { OnPiece } from './stream-gateway.ts';

export interface ExecutionEnvironmentOptions {
  /** What the function is called in messages. */
  readonly name: string;
  /** The module that the process runs; it ends in `serveInvocations`. */
  readonly main: string;
  readonly arguments: readonly string[];
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long an invocation may take (ms) before its process is killed. */
  readonly timeoutMs: number;
  /** Whether what the process prints is thrown away. Otherwise all of it goes to stderr. */
  readonly quiet: boolean;
}

export interface ExecutionEnvironment {
  readonly pid: number | undefined;
  /** Resolves when the handler is loaded. @throws CannotStart when it cannot be, or the process ends first */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  /** @throws InvocationFailed, InvocationNotStarted */
  invoke(event: unknown, onPiece?: OnPiece): Promise<unknown>;
  kill(): void;
}

interface PendingInvocation {
  taken: boolean;
  readonly timer: NodeJS.Timeout;
  readonly onPiece: OnPiece | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Invocations may overlap in one process: whoever wants Lambda's one at a time calls so. */
export function startExecutionEnvironment(options: ExecutionEnvironmentOptions): ExecutionEnvironment {
  const child = fork(options.main, options.arguments, {
    execPath: process.execPath,
    execArgv: [],
    env: { ...options.environment },
    // Standard output belongs to the stack itself, which prints the endpoint there.
    stdio: options.quiet ? ['ignore', 'ignore', 'ignore', 'ipc'] : ['ignore', 2, 2, 'ipc'],
  });
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  ready.promise.catch(() => {});
  const pending = new Map<number, PendingInvocation>();
  let invocations = 0;
  let over = false;

  const end = (how: string) => {
    if (over) return;
    over = true;
    ready.reject(new CannotStart(`The ${options.name} process ended before it was ready (${how}).`));
    for (const each of pending.values()) {
      clearTimeout(each.timer);
      each.reject(
        each.taken
          ? new InvocationFailed('crashed', `The ${options.name} process ${child.pid} ended (${how}).`)
          : new InvocationNotStarted(),
      );
    }
    pending.clear();
    ended.resolve();
  };
  child.on('error', (error) => {
    // Also raised when a message cannot be sent to a process that is about to be reported as gone.
    if (child.pid === undefined) end(error.message);
  });
  child.on('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  child.on('message', (message) => {
    const report = message as ProcessMessage;
    if (report.kind === 'ready') return ready.resolve();
    if (report.kind === 'failed') {
      const prefix = report.explained ? '' : `The ${options.name} process cannot start: `;
      ready.reject(new CannotStart(prefix + report.reason));
      child.kill('SIGKILL');
      return;
    }
    const invocation = pending.get(report.id);
    if (!invocation) return;
    if (report.kind === 'took') {
      invocation.taken = true;
      return;
    }
    if (report.kind === 'head' || report.kind === 'piece') {
      invocation.onPiece?.(report.kind, report.value);
      return;
    }
    pending.delete(report.id);
    clearTimeout(invocation.timer);
    if (report.kind === 'result') invocation.resolve(JSON.parse(report.value));
    else invocation.reject(new InvocationFailed('threw', report.message, report.thrown));
  });

  return {
    pid: child.pid,
    ready: ready.promise,
    ended: ended.promise,
    invoke: (event, onPiece) =>
      new Promise((resolve, reject) => {
        if (over || !child.connected) return reject(new InvocationNotStarted());
        const id = ++invocations;
        const timer = setTimeout(() => {
          pending.delete(id);
          reject(
            new InvocationFailed('timedOut', `The ${options.name} function ran longer than ${options.timeoutMs} ms.`),
          );
          child.kill('SIGKILL');
        }, options.timeoutMs);
        pending.set(id, { taken: false, timer, onPiece, resolve, reject });
        child.send({
          id,
          requestId: randomUUID(),
          event: JSON.stringify(event),
          deadline: Date.now() + options.timeoutMs,
        } satisfies InvocationMessage);
      }),
    kill: () => void child.kill('SIGKILL'),
  };
}
