/**
 * The task record: one item per task, as every store keeps it.
 *
 * JSON that the store need not look into (arguments, questions, outcome) is kept as text, so that what a
 * client sent comes back byte for byte and no store can reinterpret it.
 */

/** MCP's task states; the last three are terminal and never change. */
export type TaskStatus = 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';

/** The MCP revision of the request that created the task; it decides what a client is shown. */
export type Era = '2025-11-25' | '2026-07-28';

/** JSON text kept in the row, or where the payload store keeps it. */
export type Payload = string | PayloadReference;

/** A payload too large for the row: its key in the payload store and its size in bytes. */
export interface PayloadReference {
  readonly at: string;
  readonly bytes: number;
}

/** What a client said it can be asked, as far as a tool can make use of it. */
export interface InputCapabilities {
  readonly form?: boolean;
  readonly url?: boolean;
  readonly sampling?: boolean;
  readonly samplingTools?: boolean;
  readonly roots?: boolean;
}

/** A JSON-RPC error object, as it is stored and sent. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** How a task ended: with a result (a tool error is a result too) or with a JSON-RPC error. */
export type Outcome = { readonly result: Record<string, unknown> } | { readonly error: RpcError };

/**
 * Something a task waits for: a request that the client must answer, a `sleep`, or an outside call
 * (`external`). A request is kept verbatim: it is served as it was stored, never computed again.
 */
export interface Question {
  /** `elicitation/create`, `sampling/createMessage`, `roots/list`; or our own `sleep` and `external`. */
  readonly method: string;
  readonly params: Record<string, unknown>;
  /** The answer; absent while the question is outstanding. */
  readonly answer?: Answer;
  /** When the wait is over without an answer (ms since the epoch); set once. */
  readonly deadline?: number;
  /** The deadline passed before an answer came: withdrawn, and an answer that comes now is ignored. */
  readonly withdrawn?: true;
}

/** Waits of our own that no client is ever shown. */
export const SLEEP = 'sleep';
export const EXTERNAL = 'external';

/** A wait that is not over: no answer, and not withdrawn. */
export const isPending = (question: Question): boolean => question.answer === undefined && !question.withdrawn;

/** A question that a client has to answer, now. */
export const isOutstanding = (question: Question): boolean =>
  isPending(question) && question.method !== SLEEP && question.method !== EXTERNAL;

/** A client's answer to a question: a result, or the JSON-RPC error with which it refused. */
export type Answer = { readonly result: Record<string, unknown> } | { readonly error: RpcError };

/** Questions by key; a key is never used twice in the life of a task (SEP-2663, Task Update Requests). */
export type Questions = Readonly<Record<string, Question>>;

/** Where a row lives: the owner's partition and the task's id. */
export interface TaskKey {
  readonly partition: string;
  readonly id: string;
}

/** The row format that this version writes and reads. */
export const ROW_FORMAT = 1;

/** The row of one task. Times are milliseconds since the epoch unless the name says otherwise. */
export interface TaskRow extends TaskKey {
  /** Format of this row; a reader that meets a newer one says so instead of guessing. */
  readonly v: typeof ROW_FORMAT;
  /** Set on a row that only bars its key: the create that should have filled it came too late. */
  readonly void?: true;

  /** How often the task has been made runnable; a message of an older generation is dead. */
  readonly generation: number;
  /** Token of the run that holds the task; absent when nobody does. */
  readonly run?: string;
  /** Until when that run is believed alive. */
  readonly leaseUntil?: number;
  /** Nobody works and no message is due until an answer, the timer (`wakeAt`) or an outside call comes. */
  readonly parked?: true;
  /** When the timer of a parked task is due. */
  readonly wakeAt?: number;
  /** Runs that ended without saying so since the last progress. */
  readonly failures: number;
  /** Counts changes to the questions. */
  readonly revision: number;
  /** Journal entries recorded so far; zero means a new run need not read the journal. */
  readonly entries: number;

  /** Mark of the create that wrote this row. */
  readonly nonce: string;
  /** Mark of the write that ended a run or the task: a run token or a request's id. */
  readonly endedBy?: string;

  readonly status: TaskStatus;
  readonly statusMessage?: string;
  /** Runs that may end without saying so before the task fails. */
  readonly maxFailures: number;
  /** Share of the work done, as the tool last told: `done` of `total`. */
  readonly progress?: { readonly done: number; readonly total?: number };
  readonly createdAt: number;
  readonly lastUpdatedAt: number;
  /** When the present phase began (creation, or the last answer): poll intervals grow from here. */
  readonly phaseAt: number;
  /** When the task stops to exist, exactly: its lifetime while it is open, its retention once it has ended. */
  readonly expiresAt: number;
  /** How long a finished outcome is kept, from its end (ms). */
  readonly retentionMs: number;
  /** When DynamoDB may sweep the item (seconds since the epoch); days late and never relied upon. */
  readonly ttl: number;

  readonly tool: string;
  readonly arguments: Payload;
  readonly era: Era;
  /** Hash of the client through which the task was created; absent where callers come through none that is known. */
  readonly client?: string;
  /** What the creator of the task can be asked. */
  readonly capabilities: InputCapabilities;
  /** Bounds for the poll interval that clients are told (ms). */
  readonly poll: { readonly min: number; readonly max: number };
  /** The tool has an `onCancel` that must run when the task is cancelled. */
  readonly cleanUp?: 'onCancel' | 'owed';
  /** W3C `traceparent` of the call that created the task: whatever wakes it later goes on in its trace. */
  readonly traceparent?: string;
  /** What the creator wants `notifications/progress` to carry (2025-11-25). */
  readonly progressToken?: string | number;
  /** The stream over which the outstanding questions are asked (2025-11-25); no other one asks them. */
  readonly stream?: string;
  /** Until when that stream is believed to have a reader. */
  readonly streamUntil?: number;
  /** On the row of a call in place that waits for answers: what it goes on with, as JSON. */
  readonly state?: Payload;
  /** {@link Questions} as JSON; absent while nothing was ever asked. */
  readonly questions?: Payload;
  /** The outcome is a result that says `isError`: what the revisions call differently is told without reading it. */
  readonly toolError?: true;
  /** {@link Outcome} as JSON, with the keys of its files; present exactly when the task is completed or failed. */
  readonly outcome?: Payload;
}

/** What one completed step left behind; kept outside the owner's partition so that no list reads it. */
export interface JournalEntry {
  /** The task it belongs to. */
  readonly task: string;
  /** Kind, name and occurrence: `step:scan#1`. Entries are matched by this, not by order. */
  readonly id: string;
  /** The JSON of what the step returned. */
  readonly value: Payload;
  /** When it may be swept (seconds since the epoch). */
  readonly ttl: number;
}

/** Whether a status is terminal: such a task never changes again. */
export const isTerminal = (status: TaskStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';

/** Whether a row is a task that anybody may still see: void and expired rows are nothing. */
export const isVisible = (row: TaskRow | undefined, now: number): row is TaskRow =>
  row !== undefined && !row.void && row.expiresAt > now;
