/**
 * One run of a tool: its life from the first line to a result, a park or a hand-over.
 *
 * A wait is a promise that never settles in this run, so that no `catch` or `finally` of the tool can mistake
 * the end of a run for a failure. The run parks when something is waited for, nothing of ours is in flight,
 * and one `setImmediate` has passed, so that `Promise.all` gathers its questions.
 */
import { type Era, EXTERNAL, type InputCapabilities, type Outcome, type Question } from '../tasks/record.ts';
import type { ProgressReport } from '../tasks/writes/held.ts';
import { HandedOver, Parked, ToolBroken } from './errors.ts';
import type { RunHistory } from './history.ts';
import { toReturnOutcome, toThrowOutcome } from './result.ts';
import type { Tool } from './types.ts';

/** Where a run happens: in a worker for a task, or in the call itself. */
export interface RunHost {
  readonly id: string;
  readonly isTask: boolean;
  readonly era: Era;
  readonly capabilities: InputCapabilities;
  now(): number;
  /** A number in [0, 1), for jitter. */
  random(): number;
  /** Write a journal entry under the run's fence; resolves when it is recorded. A rejection ends the run as lost. */
  record(id: string, json: string): Promise<void>;
  reportProgress(news: ProgressReport): void;
  /** The token with which an outside system ends a wait; absent where nothing can wait that long. */
  createToken?(wait: string): string;
  /** Told the names of the steps that run now, whenever they change. */
  reportRunningSteps?(steps: ReadonlySet<string>): void;
  /** Asked after each recorded step: is it time for another run to take over? */
  shouldHandOver(): boolean;
  /** For a run that cannot park on a timer: wait in the process. Absent where timers park. */
  wait?(ms: number, signal: AbortSignal): Promise<void>;
}

/** Something a run waits for: a question or sleep to keep in the row, or a bare timer (`question` absent). */
export interface Wait {
  readonly question?: Question;
  readonly deadline?: number;
}

export type RunEnd =
  | { readonly end: 'settled'; readonly outcome: Outcome }
  | { readonly end: 'parked'; readonly waits: ReadonlyMap<string, Wait> }
  | { readonly end: 'handOver' }
  /** The host aborted it. */
  | { readonly end: 'aborted'; readonly reason: Error };

/** How long clean-ups and an aborted tool's own `finally` blocks may take (ms). */
const CLOSE_GRACE_MS = 5_000;

/** A promise that never settles: what a run that is over gets from every call. */
export const waitForever = (): Promise<never> => new Promise<never>(() => {});

export class ToolRun {
  readonly ended: Promise<RunEnd>;
  readonly host: RunHost;
  readonly history: RunHistory;
  readonly tool: Tool;
  readonly controller = new AbortController();
  readonly waits = new Map<string, Wait>();
  readonly cleanUps: (() => void | Promise<void>)[] = [];
  /** Journal entries and questions that this run came by again. */
  readonly visited = new Set<string>();
  /** Names of the steps that run now. */
  readonly runningSteps = new Set<string>();
  /** The tool broke a rule: the call fails with this, whatever the tool makes of it. */
  broken: ToolBroken | undefined;
  isOver = false;
  #inFlight = 0;
  readonly #idleWaiters: (() => void)[] = [];
  #handingOver = false;
  #finish!: (end: RunEnd) => void;
  #handler: Promise<void> = Promise.resolve();

  constructor(tool: Tool, host: RunHost, history: RunHistory) {
    this.tool = tool;
    this.host = host;
    this.history = history;
    this.ended = new Promise((resolve) => {
      this.#finish = (end) => {
        if (this.isOver) return;
        this.isOver = true;
        resolve(end);
      };
    });
  }

  /** Run `code` (the tool's handler, or its `prepare`, with the context of this run) until it returns or the run ends otherwise. */
  start(code: () => unknown): Promise<RunEnd> {
    this.#handler = (async () => code())().then(
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

  /** A replay must come by everything that was recorded: otherwise the code is not what wrote the journal. */
  #findUnvisited(): ToolBroken | undefined {
    const recorded = [...Object.keys(this.history.journal), ...this.#listReplayedQuestions()];
    const lost = recorded.find((id) => !this.visited.has(id));
    return lost === undefined
      ? undefined
      : new ToolBroken(
          `Tool ${this.tool.name} did not come by ${JSON.stringify(lost)} again, which an earlier run recorded: ` +
            'code outside steps must do the same each time (or the tool was changed while the task was open).',
        );
  }

  #listReplayedQuestions(): string[] {
    return Object.entries(this.history.questions).flatMap(([key, { method }]) => (method === EXTERNAL ? [] : [key]));
  }

  /** Note that the tool broke a rule, and throw it at the tool. */
  breakRule(message: string): never {
    this.broken ??= new ToolBroken(`Tool ${this.tool.name}: ${message}`);
    throw this.broken;
  }

  /** Wait for something in another run: registers it and never settles. */
  park(key: string, wait: Wait): Promise<never> {
    this.waits.set(key, wait);
    this.#scheduleEnd();
    return waitForever();
  }

  /** Do something that the run must not end under. */
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

  /** Between steps: whether another run is to take over, so that no new step begins and none returns. */
  isHandingOver(): boolean {
    if (!this.#handingOver && this.host.shouldHandOver()) {
      this.#handingOver = true;
      this.#scheduleEnd();
    }
    return this.#handingOver;
  }

  #mayEnd(): boolean {
    return !this.isOver && this.#inFlight === 0 && (this.#handingOver || this.waits.size > 0);
  }

  #scheduleEnd(): void {
    if (!this.#mayEnd()) return;
    setImmediate(() => {
      if (!this.#mayEnd()) return;
      this.#finish(this.#handingOver ? { end: 'handOver' } : { end: 'parked', waits: new Map(this.waits) });
    });
  }

  /** The host ends the run: cancelled, lease lost, deadline. The signal aborts at once, so that the tool can stop. */
  abort(reason: Error): void {
    if (this.isOver) return;
    this.#finish({ end: 'aborted', reason });
    this.controller.abort(reason);
  }

  /**
   * After the run's end is committed: abort what is left with the reason, give an aborted tool a moment for its
   * own clean-up, and run the deferred ones.
   */
  async close(reason?: Error): Promise<void> {
    if (reason && !this.controller.signal.aborted) this.controller.abort(reason);
    const stopsEarly = reason !== undefined && !(reason instanceof Parked) && !(reason instanceof HandedOver);
    const cleaning = (async () => {
      if (stopsEarly) await Promise.race([this.#handler, this.#waitUntilIdle()]);
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
   * Resolves when there is nothing to give time for: the tool waits on `task`, which will not come back in this
   * run. While a step is under way, that is when it has stopped.
   */
  async #waitUntilIdle(): Promise<void> {
    if (this.#inFlight > 0) return new Promise((resolve) => this.#idleWaiters.push(resolve));
    if (this.waits.size === 0) return waitForever();
  }
}
