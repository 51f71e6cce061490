/** A function that always has one process: a process that ends is replaced. */
import { setTimeout as pause } from 'node:timers/promises';
import { InvocationFailed, InvocationNotStarted } from './errors.ts';
import {
  type ExecutionEnvironment,
  type ExecutionEnvironmentOptions,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { PieceHandler } from './runtime.ts';

export interface LocalFunction {
  /** Resolves when the first process is ready. @throws CannotStart */
  readonly started: Promise<void>;
  /** The current process; absent while it is being replaced, and before a lazy function is first invoked. */
  getPid(): number | undefined;
  /**
   * Waits for a process that is ready. An invocation that a dying process never started goes to the next one.
   *
   * @throws InvocationFailed
   */
  invoke(event: unknown, onPiece?: PieceHandler): Promise<unknown>;
  /** Kills the process. Resolves when it is gone. */
  stop(): Promise<void>;
}

/** Longest wait before starting a process again that failed to start (ms). */
const MAX_RESTART_PAUSE_MS = 5_000;

/** @param options.lazy whether to start the first process only with the first invocation. Default false. */
export function startFunction(options: ExecutionEnvironmentOptions & { readonly lazy?: boolean }): LocalFunction {
  const started = Promise.withResolvers<void>();
  started.promise.catch(() => {});
  const stopping = new AbortController();
  let current: ExecutionEnvironment | undefined;
  let ready = createReadyPromise();
  let running: Promise<void> | undefined;

  async function keepRunning(): Promise<void> {
    // Why the first process cannot start is reported through `started`.
    let everReady = false;
    for (let failures = 0; !stopping.signal.aborted; ) {
      current = startExecutionEnvironment(options);
      try {
        await current.ready;
        failures = 0;
        everReady = true;
        started.resolve();
        ready.resolve(current);
      } catch (error) {
        failures += 1;
        started.reject(error);
        if (everReady && !options.quiet && !stopping.signal.aborted) console.error((error as Error).message);
      }
      await current.ended;
      current = undefined;
      if (failures > 0)
        await pause(Math.min(100 * 2 ** failures, MAX_RESTART_PAUSE_MS), undefined, stopping).catch(() => {});
      else ready = createReadyPromise();
    }
    ready.reject(new InvocationFailed('crashed', `The ${options.name} function has been stopped.`));
  }

  async function invoke(event: unknown, onPiece?: PieceHandler): Promise<unknown> {
    running ??= keepRunning();
    for (;;) {
      const environment = await ready.promise;
      try {
        return await environment.invoke(event, onPiece);
      } catch (error) {
        if (!(error instanceof InvocationNotStarted)) throw error;
        await environment.ended;
        // `keepRunning` resumes after this function: let it replace `ready` first.
        await new Promise(setImmediate);
      }
    }
  }

  if (options.lazy) started.resolve();
  else running = keepRunning();
  return {
    started: started.promise,
    getPid: () => current?.pid,
    invoke,
    stop: async () => {
      stopping.abort();
      current?.kill();
      await running;
    },
  };
}

function createReadyPromise(): PromiseWithResolvers<ExecutionEnvironment> {
  const next = Promise.withResolvers<ExecutionEnvironment>();
  next.promise.catch(() => {});
  return next;
}
