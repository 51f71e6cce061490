/** What the engine needs from outside, besides a task store. */

/** The message that stands behind a runnable row: a wake-up for one generation of one task. */
export interface WakeUp {
  readonly partition: string;
  readonly task: string;
  readonly generation: number;
  /** The sender's own deadline (ms since the epoch) for the write that makes this generation true. */
  readonly commitBy: number;
  /** W3C `traceparent` of the call or run that sent it, for joining traces. */
  readonly traceparent?: string;
  /** When its generation is to run (ms since the epoch): what it waits beyond that, it waits for a worker. */
  readonly dueAt?: number;
}

/** Where wake-ups are sent. */
export interface WakeUpQueue {
  /**
   * @param options.delayMs how long the message stays invisible; more than SQS's 15 minutes is cut to that
   * @param options.group fairness group (SQS `MessageGroupId` on a standard queue): one per owner
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

/** What a handler tells SQS about a message: delete it, or leave it to reappear (`batchItemFailures`). */
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
export type Log = (event: string, facts: Record<string, string | number | boolean | undefined>) => void;
