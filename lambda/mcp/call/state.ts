/** The state of a call that asks its client, until the answers come. */
import type { Answer } from '../../tasks/record.ts';
import type { RunHistory } from '../../tool/history.ts';

/** Clients carry it sealed, and rows hold it, as JSON: fields may be added, but not renamed. */
export interface CallState {
  /** The same over all rounds of the call; the task's id in the phase `task`. */
  readonly id: string;
  /** The asker: `prepare`, the tool itself in an inline run, or a task that the call waits for. */
  readonly phase: 'prepare' | 'run' | 'task';
  /** The arguments that `prepare` returned; absent where the call's own are used. */
  readonly prepared?: { readonly args: unknown };
  readonly history: RunHistory;
}

/** The state that an earlier round left, and the client's answers since then. */
export interface ResumedCall {
  readonly state: CallState;
  readonly answers: Readonly<Record<string, Answer>>;
}
