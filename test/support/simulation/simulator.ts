/**
 * The simulated world: virtual time, processes that crash and stall, requests that are lost, land late, or take effect
 * while their response is lost. The code under test is real; only what it calls is simulated.
 */
import type { Clock, Ids } from '../../../lambda/engine/ports.ts';
import { drawInteger, type Random } from './random.ts';

/** A Lambda invocation: a process that may die or stall at any await. */
export interface SimulatedProcess {
  readonly name: string;
  alive: boolean;
  /** How far its clock is off (ms). */
  readonly skewMs: number;
  /** It does not continue before this (virtual time, ms). */
  stalledUntil: number;
  /** Something went wrong with it: it stalled, or did not get through to a service. */
  disturbed: boolean;
}

/** How often things go wrong: probabilities for each request. */
export interface FaultRates {
  readonly crashBefore: number;
  readonly crashAfter: number;
  readonly stall: number;
  readonly requestLost: number;
  readonly responseLost: number;
  readonly late: number;
  readonly throttled: number;
  /** The most by which a process's clock is off (ms). */
  readonly skewMs: number;
}

export const NO_FAULTS: FaultRates = {
  crashBefore: 0,
  crashAfter: 0,
  stall: 0,
  requestLost: 0,
  responseLost: 0,
  late: 0,
  throttled: 0,
  skewMs: 0,
};

interface ScheduledEvent {
  readonly at: number;
  readonly order: number;
  readonly run: () => unknown;
}

/** Our AWS clients' attempts, and the timeout of each (ms). */
const MAX_ATTEMPTS = 3;
const ATTEMPT_TIMEOUT_MS = 1_400;

export class Simulator {
  now = 1_790_000_000_000;
  readonly random: Random;
  faults: FaultRates;
  readonly #events: ScheduledEvent[] = [];
  #order = 0;
  #tokens = 0;

  constructor(random: Random, faults: FaultRates) {
    this.random = random;
    this.faults = faults;
  }

  startProcess(name: string): SimulatedProcess {
    const skewMs = Math.round((this.random() * 2 - 1) * this.faults.skewMs);
    return { name, alive: true, skewMs, stalledUntil: 0, disturbed: false };
  }

  /** Wait in virtual time, outside of every process: a client does. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.schedule(ms, resolve));
  }

  /** Run something later in virtual time. */
  schedule(afterMs: number, run: () => unknown): void {
    const event = { at: this.now + Math.max(0, afterMs), order: this.#order++, run };
    // A binary heap: the next event is at the root.
    const events = this.#events;
    let index = events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, events[parent] as ScheduledEvent)) break;
      events[index] = events[parent] as ScheduledEvent;
      index = parent;
    }
    events[index] = event;
  }

  #popEvent(): ScheduledEvent | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || events.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= events.length) break;
      if (child + 1 < events.length && isBefore(events[child + 1] as ScheduledEvent, events[child] as ScheduledEvent))
        child += 1;
      if (!isBefore(events[child] as ScheduledEvent, last)) break;
      events[index] = events[child] as ScheduledEvent;
      index = child;
    }
    events[index] = last;
    return first;
  }

  /** Runs until `until` (ms since the epoch), until `done`, or until nothing is scheduled any more. */
  async runUntil(until: number, done: () => boolean): Promise<void> {
    for (let idle = 0; idle < 3; ) {
      await waitForMicrotasks();
      if (done()) return;
      const event = this.#events[0];
      if (!event) {
        idle += 1;
        continue;
      }
      if (event.at > until) return;
      idle = 0;
      this.#popEvent();
      this.now = Math.max(this.now, event.at);
      event.run();
    }
  }

  /** Continues a process: never when it is dead, later when it stalls. */
  resume(process: SimulatedProcess, run: () => void): void {
    if (!process.alive) return;
    if (process.stalledUntil > this.now)
      this.schedule(process.stalledUntil - this.now, () => this.resume(process, run));
    else run();
  }

  createClock(process: SimulatedProcess): Clock {
    return {
      now: () => this.now + process.skewMs,
      wait: (ms, signal) =>
        new Promise((resolve) => {
          const wake = () => this.resume(process, resolve);
          this.schedule(ms, wake);
          signal?.addEventListener('abort', wake, { once: true });
        }),
    };
  }

  readonly ids: Ids = {
    task: (now) => `${now.toString(36)}-${this.#tokens++}`,
    token: () => `t${this.#tokens++}`,
    random: () => this.random(),
  };

  #drawChance(probability: number): boolean {
    return probability > 0 && this.random() < probability;
  }

  /**
   * One request of a process to a service. It may be lost, throttled, land late, or land while its response is lost
   * (the SDK retries them all); the process may crash before it or right after it took effect.
   */
  async request<T>(process: SimulatedProcess, effect: () => Promise<T>): Promise<T> {
    let lastError = new Error('no attempt');
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const response = await this.#attempt(process, effect);
      if ('value' in response) return response.value;
      lastError = response.error;
    }
    process.disturbed = true;
    throw lastError;
  }

  #attempt<T>(process: SimulatedProcess, effect: () => Promise<T>): Promise<{ value: T } | { error: Error }> {
    return new Promise((resolve) => {
      const { faults } = this;
      if (!process.alive) return;
      const rejectLater = (afterMs: number, why: string) =>
        this.schedule(afterMs, () => this.resume(process, () => resolve({ error: new Error(why) })));
      if (this.#drawChance(faults.crashBefore)) {
        process.alive = false;
        return;
      }
      if (this.#drawChance(faults.throttled)) return rejectLater(drawInteger(this.random, 5, 500), 'throttled');
      if (this.#drawChance(faults.requestLost)) return rejectLater(ATTEMPT_TIMEOUT_MS, 'request lost');
      if (this.#drawChance(faults.late)) {
        this.schedule(drawInteger(this.random, ATTEMPT_TIMEOUT_MS, 20_000), () => void effect().catch(() => {}));
        return rejectLater(ATTEMPT_TIMEOUT_MS, 'late');
      }
      this.schedule(drawInteger(this.random, 1, 25), async () => {
        let value: T;
        try {
          value = await effect();
        } catch (error) {
          return rejectLater(10, `refused: ${String(error)}`);
        }
        if (this.#drawChance(faults.crashAfter)) process.alive = false;
        if (this.#drawChance(faults.stall)) {
          process.stalledUntil = this.now + drawInteger(this.random, 1_000, 30_000);
          process.disturbed = true;
        }
        if (this.#drawChance(faults.responseLost)) return rejectLater(ATTEMPT_TIMEOUT_MS, 'response lost');
        this.schedule(drawInteger(this.random, 1, 25), () => this.resume(process, () => resolve({ value })));
      });
    });
  }
}

const isBefore = (a: ScheduledEvent, b: ScheduledEvent): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Resolves when nothing runs any more: microtasks, and the `setImmediate` after which a run parks. */
const waitForMicrotasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
