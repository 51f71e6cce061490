/** The messages between a worker and the thread that runs a tool for it. All of them survive a structured clone. */
import type { MessagePort } from 'node:worker_threads';
import type { Era, InputCapabilities, TaskKey } from '../../../tasks/record.ts';
import type { ProgressReport } from '../../../tasks/writes/held.ts';
import { HandedOver, LeaseLost, Parked, TaskCancelled } from '../../../tool/errors.ts';
import type { RunHistory } from '../../../tool/history.ts';
import type { RunEnd } from '../../../tool/run.ts';

/** One run, as a thread gets it. */
export interface ThreadStart {
  readonly key: TaskKey;
  readonly tool: string;
  /**
   * As they are stored. The thread validates them again, because the schema's output (a `URL`, an instance of a class)
   * need not survive a clone.
   */
  readonly arguments: unknown;
  readonly era: Era;
  readonly capabilities: InputCapabilities;
  readonly history: RunHistory;
  /** From when on another run takes over at the next recorded step (ms since the epoch). */
  readonly handOverAt: number;
}

/** The thread's `workerData`. */
export interface ThreadData extends ThreadStart {
  /** URL of the server module. */
  readonly server: string;
  readonly port: MessagePort;
}

/** What a thread sends to its worker. */
export type FromThread =
  | { readonly is: 'record'; readonly number: number; readonly id: string; readonly json: string }
  | { readonly is: 'progress'; readonly report: ProgressReport }
  | { readonly is: 'steps'; readonly running: readonly string[] }
  | { readonly is: 'ended'; readonly end: Exclude<RunEnd, { end: 'aborted' }> }
  /** It received `close`, which shows that its event loop turns. */
  | { readonly is: 'closing' }
  | { readonly is: 'closed' };

/** What a worker sends to its thread. */
export type ToThread =
  | { readonly is: 'recorded'; readonly number: number }
  | { readonly is: 'refused'; readonly number: number; readonly reason: AbortReason }
  | { readonly is: 'abort'; readonly reason: AbortReason }
  | { readonly is: 'close'; readonly reason?: AbortReason };

/** One of the errors that a signal aborts with; a clone of the error itself would lose its class. */
export interface AbortReason {
  readonly name: string;
  readonly message: string;
}

export function encodeAbortReason({ name, message }: Error): AbortReason {
  return { name, message };
}

const ABORT_ERRORS = [TaskCancelled, Parked, HandedOver, LeaseLost];

export function decodeAbortReason({ name, message }: AbortReason): Error {
  const Kind = ABORT_ERRORS.find((kind) => kind.name === name) ?? Error;
  return new Kind(message);
}
