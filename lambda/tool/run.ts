/**
 * One run of a tool: its life from the first line to a result, a park or a hand-over.
 *
 * A wait is a promise that never settles in this run, so that no `catch` or `finally` of the tool can mistake the end of
 * a run for a failure. The run parks when the tool waits for something, no step is in flight, and one `setImmediate`
 * has passed, so that `Promise.all` gathers its questions.
 */
import { type Era, EXTERNAL, type InputCapabilities, type Outcome, type Question } from '../tasks/record.ts';
import type { ProgressReport } from '../tasks/writes/held.ts';
import { HandedOver, Parked, ToolBroken } from './errors.ts';
import type { RunHistory } from './history.ts';
import { toReturnOutcome, toThrowOutcome } from './result.ts';
import type { Tool } from './types.ts';

/** Where a run happens: in a worker for a task, or in the call itself. */
export interface RunHost {
  /** The task's id, or that of the inline call. */
  readonly id: string;
  readonly isTask: boolean;
  readonly era: Era;
  readonly capabilities: InputCapabilities;
  /** Milliseconds since the epoch. */
  now(): number;
  /** A number in [0, 1), for jitter. */
  random(): number;
  /** Write a journal entry under the run's fence; resolves when it is recorded. A rejection ends the run as lost. */
  record(id: string, json: string): Promise<void>;
  reportProgress(report: ProgressReport): void;
  /** The token with which an outside system ends a wait; absent where nothing can wait that long. */
  createToken?(wait: string): string;
  /** Gets the names of the steps that run now, whenever they change. */
  reportRunningSteps?(steps: ReadonlySet<string>): void;
  /** Called after each recorded step: is it time for another run to take over? */
  shouldHandOver(): boolean;
  /** For a run that cannot park on a timer: wait in the process. Absent where timers park. */
  wait?(ms: number, signal: AbortSignal): Promise<void>;
}

/** Something a run waits for: a question or sleep to store in the row, or a bare timer (`question` absent). */
export interface Wait {
  readonly question?: Question;
  /** When the wait ends without an answer (ms since the epoch). */
  readonly deadline?: number;
}

/** How a run ended. */
export type RunEnd =
  | { readonly end: 'settled'; readonly outcome: Outcome }
  | { readonly end: 'parked'; readonly waits: ReadonlyMap<string, Wait> }
  | { readonly end: 'handOver' }
  /** The host aborted it. */
  | { readonly end: 'aborted'; readonly reason: Error };

/** How long clean-ups and an aborted tool's own `finally` blocks may take (ms). */
const CLOSE_GRACE_MS = 5_000;

/** A promise that never settles: after the end of a run, every call of `task` returns one. */
export const waitForever = (): Promise<never> => new Promise<never>(() => {});

/** The execution of a tool's code in one run, with what it waits for and what it has reached. */
export class ToolRun {
  readonly ended: Promise<RunEnd>;
  readonly host: RunHost;
  readonly history: RunHistory;
  readonly tool: Tool;
  readonly controller = new AbortController();
  readonly waits = new Map<string, Wait>();
  readonly cleanUps: (() => void | Promise<void>)[] = [];
  /** Journal entries and questions that this run reached again. */
  readonly visited = new Set<string>();
  /** Names of the steps that run now. */
  readonly runningSteps = new Set<string>();
  /** The tool broke a rule: the call fails with this, even if the tool catches it. */
  broken: ToolBroken | undefined;
  hasEnded = false;
  #inFlight = 0;
  readonly #idleWaiters: (() => void)[] = [];
  #handingOver = false;
  #finish!: (end: RunEnd) => void;
  #handlerDone: Promise<void> = Promise.resolve();

  constructor(tool: Tool, host: RunHost, history: RunHistory) {
    this.tool = tool;
    this.host = host;
    this.history = history;
    this.ended = new Promise((resolve) => {
      this.#finish = (end) => {
        if (this.hasEnded) return;
        this.hasEnded = true;
        resolve(end);
      };
    });
  }

  /** Run `code` (the tool's handler or `prepare`, with the context of this run) until it returns or the run ends. */
  start(code: () => unknown): Promise<RunEnd> {
    this.#handlerDone = (async () => code())().then(
      async (returned) => {
        this.broken ??= this.#findUnvisited();
        this.#settle(await toReturnOutcome(this.tool, returned));
      },
      (thrown) => this.#settle(toThrowOutcome(thrown, this.host.era)),
    );
    return this.ended;
  }

  #settle(outcome: Outcome): void {
    this.#finish({ end: 'settled', outcome: this.broken ? { error: this.broken.toRpcError() } : outcome });
  }

  /** A replay must reach everything that was recorded: otherwise its code is not the code that wrote the journal. */
  #findUnvisited(): ToolBroken | undefined {
    const recorded = [...Object.keys(this.history.journal), ...this.#listReplayedQuestions()];
    const unvisited = recorded.find((id) => !this.visited.has(id));
    return unvisited === undefined
      ? undefined
      : new ToolBroken(
          `Tool ${this.tool.name} did not reach ${JSON.stringify(unvisited)} again, although an earlier run recorded it: ` +
            'code outside steps must do the same each time (or the tool was changed while the task was open).',
        );
  }

  /** All but external waits, which a tool may create without awaiting them. */
  #listReplayedQuestions(): string[] {
    return Object.entries(this.history.questions).flatMap(([key, { method }]) => (method === EXTERNAL ? [] : [key]));
  }

  /**
   * Record that the tool broke a rule, so that the call fails with it, and throw it into the tool.
   *
   * @throws ToolBroken always
   */
  breakRule(message: string): never {
    this.broken ??= new ToolBroken(`Tool ${this.tool.name}: ${message}`);
    throw this.broken;
  }

  /** Register a wait that ends in a later run. Never settles. */
  park(key: string, wait: Wait): Promise<never> {
    this.waits.set(key, wait);
    this.#scheduleEnd();
    return waitForever();
  }

  /** Do something during which the run must not end. */
  async trackInFlight<T>(work: () => Promise<T>): Promise<T> {
    this.#inFlight += 1;
    try {
      return await work();
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
      this.#scheduleEnd();
    }
  }

  /** Whether another run takes over, so that no new step begins and none returns. Called between steps. */
  isHandingOver(): boolean {
    if (!this.#handingOver && this.host.shouldHandOver()) {
      this.#handingOver = true;
      this.#scheduleEnd();
    }
    return this.#handingOver;
  }

  #mayEnd(): boolean {
    return !this.hasEnded && this.#inFlight === 0 && (this.#handingOver || this.waits.size > 0);
  }

  #scheduleEnd(): void {
    if (!this.#mayEnd()) return;
    setImmediate(() => {
      if (!this.#mayEnd()) return;
      this.#finish(this.#handingOver ? { end: 'handOver' } : { end: 'parked', waits: new Map(this.waits) });
    });
  }

  /** End the run from outside: cancelled, lease lost, deadline. The signal aborts at once, so that the tool can stop. */
  abort(reason: Error): void {
    if (this.hasEnded) return;
    this.#finish({ end: 'aborted', reason });
    this.controller.abort(reason);
  }

  /**
   * After the run's end is committed: abort what still runs with the reason, give an aborted tool time for its own
   * clean-up, and run the deferred ones. Takes at most {@link CLOSE_GRACE_MS}.
   */
  async close(reason?: Error): Promise<void> {
    if (reason && !this.controller.signal.aborted) this.controller.abort(reason);
    const stopsEarly = reason !== undefined && !(reason instanceof Parked) && !(reason instanceof HandedOver);
    const cleaning = (async () => {
      if (stopsEarly) await Promise.race([this.#handlerDone, this.#waitUntilIdle()]);
      for (const cleanUp of this.cleanUps.reverse()) await Promise.resolve(cleanUp()).catch(() => {});
    })();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      cleaning.catch(() => {}),
      new Promise((resolve) => {
        timer = setTimeout(resolve, CLOSE_GRACE_MS);
      }),
    ]);
    clearTimeout(timer);
  }

  /**
   * Resolves when waiting for the tool is pointless: it waits on `task`, which does not settle any more in this run.
   * While a step is in flight, that is when the step has stopped.
   */
  async #waitUntilIdle(): Promise<void> {
    if (this.#inFlight > 0) return new Promise((resolve) => this.#idleWaiters.push(resolve));
    if (this.waits.size === 0) return waitForever();
  }
}
