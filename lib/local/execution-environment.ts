/** One process that runs a function's handler, as a Lambda execution environment does. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { CannotStart, InvocationFailed, InvocationNotStarted } from './errors.ts';
import type { InvocationMessage, PieceHandler, ProcessMessage } from './runtime.ts';

export interface ExecutionEnvironmentOptions {
  /** The function's name in messages. */
  readonly name: string;
  /** The module that the process runs; it calls `serveInvocations`. */
  readonly main: string;
  readonly arguments: readonly string[];
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long an invocation may take before its process is killed (ms). */
  readonly timeoutMs: number;
  /** Whether to discard what the process prints. Otherwise all of it goes to stderr. */
  readonly quiet: boolean;
}

export interface ExecutionEnvironment {
  readonly pid: number | undefined;
  /** Resolves when the handler is loaded. @throws CannotStart when it cannot be, or the process ends first */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  /** @throws InvocationFailed, InvocationNotStarted */
  invoke(event: unknown, onPiece?: PieceHandler): Promise<unknown>;
  kill(): void;
}

interface PendingInvocation {
  started: boolean;
  readonly timer: NodeJS.Timeout;
  readonly onPiece: PieceHandler | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Forks the process. Invocations may overlap in it: for one at a time, as in Lambda, the caller waits for each. */
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
  let lastId = 0;
  let hasEnded = false;

  const handleEnd = (how: string) => {
    if (hasEnded) return;
    hasEnded = true;
    ready.reject(new CannotStart(`The ${options.name} process ended before it was ready (${how}).`));
    for (const each of pending.values()) {
      clearTimeout(each.timer);
      each.reject(
        each.started
          ? new InvocationFailed('crashed', `The ${options.name} process ${child.pid} ended (${how}).`)
          : new InvocationNotStarted(),
      );
    }
    pending.clear();
    ended.resolve();
  };
  child.on('error', (error) => {
    // Also raised when a message cannot be sent to a process that is about to be reported as gone.
    if (child.pid === undefined) handleEnd(error.message);
  });
  child.on('exit', (code, signal) => handleEnd(signal ?? `exit code ${code}`));
  child.on('message', (message) => {
    const received = message as ProcessMessage;
    if (received.kind === 'ready') return ready.resolve();
    if (received.kind === 'failed') {
      const prefix = received.explained ? '' : `The ${options.name} process cannot start: `;
      ready.reject(new CannotStart(prefix + received.reason));
      child.kill('SIGKILL');
      return;
    }
    const invocation = pending.get(received.id);
    if (!invocation) return;
    if (received.kind === 'started') {
      invocation.started = true;
      return;
    }
    if (received.kind === 'head' || received.kind === 'piece') {
      invocation.onPiece?.(received.kind, received.value);
      return;
    }
    pending.delete(received.id);
    clearTimeout(invocation.timer);
    if (received.kind === 'result') invocation.resolve(JSON.parse(received.value));
    else invocation.reject(new InvocationFailed('threw', received.message, received.thrown));
  });

  return {
    pid: child.pid,
    ready: ready.promise,
    ended: ended.promise,
    invoke: (event, onPiece) =>
      new Promise((resolve, reject) => {
        if (hasEnded || !child.connected) return reject(new InvocationNotStarted());
        const id = ++lastId;
        const timer = setTimeout(() => {
          pending.delete(id);
          reject(
            new InvocationFailed('timedOut', `The ${options.name} function ran longer than ${options.timeoutMs} ms.`),
          );
          child.kill('SIGKILL');
        }, options.timeoutMs);
        pending.set(id, { started: false, timer, onPiece, resolve, reject });
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
