/**
 * The task record: one item per task, the same in every store.
 *
 * JSON that the store need not look into (arguments, questions, outcome) is stored as text, so that a client gets back
 * byte for byte what it sent and no store can reinterpret it.
 */

/**
 * MCP's task states; the last three are terminal and never change.
 *
 * @example
 * ```ts
 * const TERMINAL: readonly TaskStatus[] = ['completed', 'failed', 'cancelled'];
 * ```
 */
export type TaskStatus = 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';

/**
 * The MCP revision of the request that created the task; it decides how some states are presented.
 *
 * @example
 * ```ts
 * const era: Era = '2026-07-28';
 * ```
 */
export type Era = '2025-11-25' | '2026-07-28';

/**
 * JSON text, in the row or in the payload store.
 *
 * @example
 * ```ts
 * const describe = (payload: Payload): string => (typeof payload === 'string' ? payload : `kept at ${payload.at}`);
 * ```
 */
export type Payload = string | PayloadReference;

/**
 * A payload too large for the row: its key in the payload store and its size in bytes.
 *
 * @example
 * ```ts
 * const reference: PayloadReference = { at: 'task-1/outcome', bytes: 1_048_576 };
 * ```
 */
export interface PayloadReference {
  readonly at: string;
  readonly bytes: number;
}

/**
 * What a client declared that it can be asked, as far as a tool can use it.
 *
 * @example
 * ```ts
 * const capabilities: InputCapabilities = { form: true, url: true };
 * ```
 */
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
 * (`external`). A request is stored verbatim and served as it was stored, never computed again.
 */
export interface Question {
  /** `elicitation/create`, `sampling/createMessage`, `roots/list`; or our own `sleep` and `external`. */
  readonly method: string;
  readonly params: Record<string, unknown>;
  /** The answer; absent while the question is outstanding. */
  readonly answer?: Answer;
  /** When the wait ends without an answer (ms since the epoch); set once. */
  readonly deadline?: number;
  /** The deadline passed before an answer came: withdrawn, and an answer that comes now is ignored. */
  readonly withdrawn?: true;
}

/** Methods of waits that no client ever sees. */
export const SLEEP = 'sleep';
export const EXTERNAL = 'external';

/** Whether it has neither been answered nor withdrawn. */
export const isPending = (question: Question): boolean => question.answer === undefined && !question.withdrawn;

/** Whether a client has to answer it now. */
export const isOutstanding = (question: Question): boolean =>
  isPending(question) && question.method !== SLEEP && question.method !== EXTERNAL;

/** The questions that a client has to answer now, in their order. */
export const pickOutstanding = (questions: Questions): Questions =>
  Object.fromEntries(Object.entries(questions).filter(([, question]) => isOutstanding(question)));

/** The status of an open task with these questions. */
export const toOpenStatus = (questions: Questions): 'working' | 'input_required' =>
  Object.values(questions).some(isOutstanding) ? 'input_required' : 'working';

/** An answer to a question: a result, or the JSON-RPC error with which it was refused. */
export type Answer = { readonly result: Record<string, unknown> } | { readonly error: RpcError };

/** Questions by key; a key is never used twice in the life of a task (SEP-2663, Task Update Requests). */
export type Questions = Readonly<Record<string, Question>>;

/**
 * The key of a row: the owner's partition and the task's id.
 *
 * @example
 * ```ts
 * const key: TaskKey = { partition: 'owner#1', id: 'task-1' };
 * ```
 */
export interface TaskKey {
  readonly partition: string;
  readonly id: string;
}

/**
 * The row format that this version writes and reads.
 *
 * @example
 * ```ts
 * const isReadable = (row: { readonly v?: number }): boolean => row.v === ROW_FORMAT;
 * ```
 */
export const ROW_FORMAT = 1;

/**
 * The row of one task. Times are milliseconds since the epoch unless the name says otherwise.
 *
 * @example
 * ```ts
 * // What a store on SQL would put into columns, to find and to compare; the rest it can keep as JSON.
 * const toColumns = ({ partition, id, status, generation, run, ...rest }: TaskRow) => ({
 *   columns: { partition, id, status, generation, run },
 *   rest: JSON.stringify(rest),
 * });
 * ```
 */
export interface TaskRow extends TaskKey {
  /** Format of this row; a reader that meets a newer one refuses it instead of guessing. */
  readonly v: typeof ROW_FORMAT;
  /** Set on a row that only bars its key: the create that would have filled it came too late. */
  readonly void?: true;

  /** How often the task has been made runnable; a message of an older generation is dead. */
  readonly generation: number;
  /** Token of the run that holds the task; absent when none does. */
  readonly run?: string;
  /** Until when that run is believed alive. */
  readonly leaseUntil?: number;
  /** No run holds the task and no message is due until an answer, the timer (`wakeAt`) or an outside call comes. */
  readonly parked?: true;
  /** When the timer of a parked task is due. */
  readonly wakeAt?: number;
  /** Runs that ended without reporting since the last progress. */
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
  /** Runs that may end without reporting before the task fails. */
  readonly maxFailures: number;
  /** The tool's latest progress report: `done` of `total`. */
  readonly progress?: { readonly done: number; readonly total?: number };
  readonly createdAt: number;
  readonly lastUpdatedAt: number;
  /** When the present phase began (creation, or the last answer): poll intervals grow from here. */
  readonly phaseAt: number;
  /** When the task ceases to exist, exactly: its lifetime while it is open, its retention once it has ended. */
  readonly expiresAt: number;
  /** How long an outcome is kept, from the end of the task (ms). */
  readonly retentionMs: number;
  /** When DynamoDB may sweep the item (seconds since the epoch); it can be days late and is never relied upon. */
  readonly ttl: number;

  readonly tool: string;
  readonly arguments: Payload;
  readonly era: Era;
  /** Hash of the client through which the task was created; absent where the client is unknown. */
  readonly client?: string;
  /** What the creator of the task can be asked. */
  readonly capabilities: InputCapabilities;
  /** Bounds of the poll interval that clients are given (ms). */
  readonly poll: { readonly min: number; readonly max: number };
  /** The tool has an `onCancel` that must run when the task is cancelled. */
  readonly cleanUp?: 'onCancel' | 'owed';
  /** W3C `traceparent` of the call that created the task: later wake-ups continue its trace. */
  readonly traceparent?: string;
  /** The token that `notifications/progress` must carry (2025-11-25). */
  readonly progressToken?: string | number;
  /** The stream over which the outstanding questions are asked (2025-11-25); no other stream asks them. */
  readonly stream?: string;
  /** Until when that stream is believed to have a reader. */
  readonly streamUntil?: number;
  /** On the row of an in-place call that waits for answers: the state it continues with, as JSON. */
  readonly state?: Payload;
  /** {@link Questions} as JSON; absent until something is asked. */
  readonly questions?: Payload;
  /** The result has `isError`, which the revisions report differently; known without reading the outcome. */
  readonly toolError?: true;
  /** {@link Outcome} as JSON, with the keys of its files; present exactly when the task is completed or failed. */
  readonly outcome?: Payload;
}

/**
 * The record of one completed step; stored outside the owner's partition so that no list reads it.
 *
 * @example
 * ```ts
 * const entry: JournalEntry = { task: 'task-1', id: 'step:scan#1', value: '{"v":3}', ttl: 1_800_000_000 };
 * ```
 */
export interface JournalEntry {
  /** The task it belongs to. */
  readonly task: string;
  /** Kind, name and occurrence: `step:scan#1`. Entries are matched by this, not by order. */
  readonly id: string;
  /** The step's return value as JSON. */
  readonly value: Payload;
  /** When it may be swept (seconds since the epoch). */
  readonly ttl: number;
}

/** Whether a status is terminal: such a task never changes again. */
export const isTerminal = (status: TaskStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';

/** Whether a row is a task that can still be seen: neither void nor expired. */
export const isVisible = (row: TaskRow | undefined, now: number): row is TaskRow =>
  row !== undefined && !row.void && row.expiresAt > now;
