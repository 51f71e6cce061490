/** A call, its caller and its task, as the engine and its clients see them. */
import type { Era, InputCapabilities, Outcome, Questions, TaskStatus } from '../tasks/record.ts';
import type { Tool } from '../tool/types.ts';

/** Who calls. On an anonymous server `owner` is absent, and a task's id is the key to it. */
export interface Caller {
  /** Hash of issuer and subject (or IAM principal). */
  readonly owner?: string;
  /** The client that the caller came through. */
  readonly client?: string;
}

/** A tool call that is to become a task; its arguments have been validated. */
export interface StartCall {
  readonly caller: Caller;
  readonly tool: Tool;
  readonly arguments: unknown;
  readonly era: Era;
  readonly capabilities: InputCapabilities;
  /** A lifetime the client asked for (2025-11-25 `ttl`, ms); bounded by the tool's own. */
  readonly requestedTtlMs?: number;
  readonly idempotencyKey?: string;
  /** Stored with the task: every `notifications/progress` about it carries this (2025-11-25). */
  readonly progressToken?: string | number;
  readonly traceparent?: string;
  /** When the request must have been answered (ms since the epoch). */
  readonly deadline: number;
}

/** A task as a client may see it, without its questions and its outcome. */
export interface TaskSummary {
  readonly id: string;
  readonly tool: string;
  readonly era: Era;
  readonly status: TaskStatus;
  readonly statusMessage?: string;
  readonly progress?: { readonly done: number; readonly total?: number };
  /** ms since the epoch, like `lastUpdatedAt`. */
  readonly createdAt: number;
  readonly lastUpdatedAt: number;
  /** From creation to expiry (ms), as it is now. */
  readonly ttlMs: number;
  readonly pollIntervalMs: number;
  /** The result has `isError`; the revisions give such an end different statuses. */
  readonly toolError?: true;
}

/** A task as a client may see it. */
export interface TaskView extends TaskSummary {
  /** Outstanding questions only, verbatim, in the order they were asked. */
  readonly questions: Questions;
  /** Present when completed or failed. */
  readonly outcome?: Outcome;
}
