/** What the engine needs from outside. */
import type { PayloadStore } from '../payloads/store.ts';
import type { TaskStore } from '../tasks/store.ts';
import type { EngineSettings } from './settings.ts';

/** The message that backs a runnable row: it wakes one generation of one task. */
export interface WakeUp {
  readonly partition: string;
  readonly task: string;
  readonly generation: number;
  /** The sender's own deadline (ms since the epoch) for the write that makes this generation true. */
  readonly commitBy: number;
  /** W3C `traceparent` of the call or run that sent it, for joining traces. */
  readonly traceparent?: string;
  /** When its generation is to run (ms since the epoch): beyond that, the message waits for a worker. */
  readonly dueAt?: number;
}

/** Where wake-ups are sent. */
export interface WakeUpQueue {
  /**
   * @param options.delayMs how long the message stays invisible: none if it is not positive, and at most SQS's
   *   15 minutes. A longer wait is cut to that; the worker that receives the message then sends it again.
   * @param options.group fairness group (SQS `MessageGroupId` on a standard queue): one per owner
   * @throws Unavailable when it is unknown whether the queue has the message
   */
  send(wakeUp: WakeUp, options?: { readonly delayMs?: number; readonly group?: string }): Promise<void>;
}

/** One received message, as the worker holds it. */
export interface Delivery {
  readonly wakeUp: WakeUp;
  /** How often the message has been received, this time included. */
  readonly receives: number;
  /**
   * `ChangeMessageVisibility`: let the message reappear after this long (ms) unless it is deleted. Also how
   * the lease is renewed. Rejects when SQS refuses.
   */
  reappearIn(ms: number): Promise<void>;
}

/** What becomes of a message: SQS deletes it, or lets it reappear (`batchItemFailures`). */
export type Disposal = 'delete' | 'keep';

/** Time, so that a simulation can turn the clock. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, earlier when `signal` aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Randomness, so that a simulation can repeat it. */
export interface Ids {
  /** A task id: time-ordered, at least 128 random bits. */
  task(now: number): string;
  /** An unguessable token: run tokens, nonces, marks. */
  token(): string;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

/** A line about one state change: ids, names and figures; never arguments, answers, results or tokens. */
export type Log = (event: string, fields: Record<string, string | number | boolean | undefined>) => void;

/** What the engine's two sides, the API's verbs and the worker, are both made of. */
export interface EnginePorts {
  readonly store: TaskStore;
  readonly queue: WakeUpQueue;
  /** Without one, every payload stays in its row. */
  readonly payloads?: PayloadStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Default: {@link ENGINE_DEFAULTS}. */
  readonly settings?: Partial<EngineSettings>;
}
