/**
 * A run whose tool has its own thread, so that no computation can starve the heartbeat. The worker keeps the lease and
 * makes every write; the thread has the whole tool run and asks for each entry to be recorded.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { LiveEnd, LiveRun } from '../../../tool/live-run.ts';
import type { RunHost } from '../../../tool/run.ts';
import type { ThreadFiles } from '../../../tool/server-module.ts';
import { encodeAbortReason, type FromThread, type ThreadData, type ThreadStart, type ToThread } from './messages.ts';

/** Starts a tool run in a thread. */
export type StartThread = (start: ThreadStart, host: RunHost) => LiveRun;

/** How long a thread may take to notice that its run has ended (ms); then it is stopped wherever it is. */
const CLOSE_ACK_MS = 2_000;
/** How long a thread that noticed may take for its clean-ups (ms): a little more than the run itself gives them. */
const CLOSING_MS = 5_500;

export const createThreadStarter =
  (files: ThreadFiles): StartThread =>
  (start, host) =>
    new ThreadRun(files, start, host);

class ThreadRun implements LiveRun {
  readonly ended: Promise<LiveEnd>;
  runningSteps: ReadonlySet<string> = new Set();
  readonly #host: RunHost;
  readonly #worker: Worker;
  readonly #port = new MessageChannel();
  readonly #closing = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #isOver = false;
  #finish!: (end: LiveEnd) => void;

  constructor(files: ThreadFiles, start: ThreadStart, host: RunHost) {
    this.#host = host;
    this.ended = new Promise((resolve) => {
      this.#finish = (end) => {
        this.#isOver = true;
        resolve(end);
      };
    });
    const { port1, port2 } = this.#port;
    this.#worker = new Worker(files.entry, {
      name: start.tool,
      workerData: { ...start, server: files.server.href, port: port2 } satisfies ThreadData,
      transferList: [port2],
      ...(files.heapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: files.heapMb } }),
    });
    port1.on('message', (message: FromThread) => this.#handleMessage(message));
    this.#worker.on('error', (error) => this.#handleDeath(String(error)));
    this.#worker.once('exit', (code) => {
      this.#handleDeath(`exit code ${code}`);
      this.#closing.resolve();
      this.#closed.resolve();
    });
  }

  #handleMessage(message: FromThread): void {
    switch (message.is) {
      case 'record':
        if (!this.#isOver) void this.#record(message.number, message.id, message.json);
        return;
      case 'progress':
        if (!this.#isOver) this.#host.reportProgress(message.report);
        return;
      case 'steps':
        this.runningSteps = new Set(message.running);
        return;
      case 'ended':
        if (!this.#isOver) this.#finish(message.end);
        return;
      case 'closing':
        this.#closing.resolve();
        return;
      case 'closed':
        this.#closed.resolve();
    }
  }

  async #record(number: number, id: string, json: string): Promise<void> {
    try {
      await this.#host.record(id, json);
      this.#postMessage({ is: 'recorded', number });
    } catch (error) {
      this.abort(error as Error);
      this.#postMessage({ is: 'refused', number, reason: encodeAbortReason(error as Error) });
    }
  }

  #handleDeath(how: string): void {
    // Its last messages may still be in the port: they count.
    for (let last = this.#next(); last; last = this.#next()) this.#handleMessage(last);
    if (!this.#isOver) this.#finish({ end: 'died', how });
  }

  readonly #next = (): FromThread | undefined => receiveMessageOnPort(this.#port.port1)?.message;

  #postMessage(message: ToThread): void {
    this.#port.port1.postMessage(message);
  }

  abort(reason: Error): void {
    if (this.#isOver) return;
    this.#finish({ end: 'aborted', reason });
    this.#postMessage({ is: 'abort', reason: encodeAbortReason(reason) });
  }

  /** Nothing of the thread is left afterwards, not even a computation that ignores its signal. */
  async close(reason?: Error): Promise<void> {
    this.#postMessage({ is: 'close', ...(reason && { reason: encodeAbortReason(reason) }) });
    if (await waitUpTo(CLOSE_ACK_MS, this.#closing.promise)) await waitUpTo(CLOSING_MS, this.#closed.promise);
    // Native code that does not return cannot be stopped, so the wait for it is bounded.
    await waitUpTo(CLOSE_ACK_MS, this.#worker.terminate());
    this.#port.port1.close();
  }
}

/** Whether the promise resolved within `ms`. */
async function waitUpTo(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), ms);
  try {
    return await Promise.race([promise.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
