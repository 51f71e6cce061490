/** A function that always has one process: one that ends is replaced. */
import { setTimeout as pause } from 'node:timers/promises';
import { InvocationFailed, InvocationNotStarted } from './errors.ts';
import {
  type ExecutionEnvironment,
  type ExecutionEnvironmentOptions,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { OnPiece } from './stream-gateway.ts';

export interface LocalFunction {
  /** Resolves when the first process is ready. @throws CannotStart */
  readonly started: Promise<void>;
  /** The process as it is now; absent while it is being replaced, and before the first call of a lazy function. */
  getPid(): number | undefined;
  /** Waits for a process that is ready; an invocation that a dying process never took goes to the next one. @throws InvocationFailed */
  invoke(event: unknown, onPiece?: OnPiece): Promise<unknown>;
  /** Kills the process. Resolves when it is gone. */
  stop(): Promise<void>;
}

/** Longest wait (ms) before a process that cannot start is tried again. */
const MAX_RESTART_PAUSE_MS = 5_000;

/** @param options.lazy start the first process with the first invocation */
export function startFunction(options: ExecutionEnvironmentOptions & { readonly lazy?: boolean }): LocalFunction {
  const started = Promise.withResolvers<void>();
  started.promise.catch(() => {});
  const stopping = new AbortController();
  let current: ExecutionEnvironment | undefined;
  let ready = createReadyPromise();
  let running: Promise<void> | undefined;

  async function keepRunning(): Promise<void> {
    // What keeps the first process from starting is told to who waits for `started`.
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

  async function invoke(event: unknown, onPiece?: OnPiece): Promise<unknown> {
    running ??= keepRunning();
    for (;;) {
      const environment = await ready.promise;
      try {
        return await environment.invoke(event, onPiece);
      } catch (error) {
        if (!(error instanceof InvocationNotStarted)) throw error;
        await environment.ended;
        // The loop above wakes after us: let it replace what is ready.
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
