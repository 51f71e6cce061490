/** What a worker and the thread that runs a tool for it say to each other. All of it survives a structured clone. */
import type { MessagePort } from 'node:worker_threads';
import type { Era, InputCapabilities, TaskKey } from '../../../tasks/record.ts';
import type { ProgressNews } from '../../../tasks/writes/held.ts';
import { HandedOver, LeaseLost, Parked, TaskCancelled } from '../../../tool/errors.ts';
import type { RunHistory } from '../../../tool/history.ts';
import type { RunEnd } from '../../../tool/run.ts';

/** One run, as it is given to a thread. */
export interface ThreadStart {
  readonly key: TaskKey;
  readonly tool: string;
  /**
   * As they are stored. The thread holds them against the schema again, because what a schema makes of them (a
   * `URL`, an instance of a class) need not survive the way.
   */
  readonly arguments: unknown;
  readonly era: Era;
  readonly capabilities: InputCapabilities;
  readonly history: RunHistory;
  /** From when on another run takes over at the next recorded step (ms since the epoch). */
  readonly handOverAt: number;
}

/** What the thread finds in its `workerData`. */
export interface ThreadData extends ThreadStart {
  /** URL of the server module. */
  readonly server: string;
  readonly port: MessagePort;
}

export type FromThread =
  | { readonly is: 'record'; readonly number: number; readonly id: string; readonly json: string }
  | { readonly is: 'progress'; readonly news: ProgressNews }
  | { readonly is: 'steps'; readonly running: readonly string[] }
  | { readonly is: 'ended'; readonly end: Exclude<RunEnd, { end: 'aborted' }> }
  /** It has heard that it is to close: its event loop turns. */
  | { readonly is: 'closing' }
  | { readonly is: 'closed' };

export type ToThread =
  | { readonly is: 'recorded'; readonly number: number }
  | { readonly is: 'refused'; readonly number: number; readonly reason: Reason }
  | { readonly is: 'abort'; readonly reason: Reason }
  | { readonly is: 'close'; readonly reason?: Reason };

/** An error of the kinds that a signal aborts with; a clone of the error itself would forget its class. */
export interface Reason {
  readonly name: string;
  readonly message: string;
}

export const reasonOf = ({ name, message }: Error): Reason => ({ name, message });

const KINDS = [TaskCancelled, Parked, HandedOver, LeaseLost];

export function revived({ name, message }: Reason): Error {
  const Kind = KINDS.find((kind) => kind.name === name) ?? Error;
  return new Kind(message);
}
