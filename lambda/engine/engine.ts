/** What happens to a task, in the domain's own words. Implementations: `createEngine`. */
import type { Answer, Era, InputCapabilities, Outcome, Questions, TaskRow, TaskStatus } from '../tasks/record.ts';
import type { Tool } from '../tool/types.ts';
import type { External } from './external.ts';
import type { TaskPage } from './list.ts';
import type { Delivery, Disposal, WakeUp } from './ports.ts';
import type { Follow, Followed } from './stream.ts';
import type { WaitingCalls } from './stream-call.ts';
import type { AskedQuestion } from './stream-reply.ts';

/** Who calls. On an anonymous server `owner` is absent and the task id is the bearer. */
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
  /** Kept with the task: every `notifications/progress` about it carries this (2025-11-25). */
  readonly progressToken?: string | number;
  readonly traceparent?: string;
  /** When the request must have been answered (ms since the epoch). */
  readonly deadline: number;
}

/** A task as a client may see it, but for what it asks and how it ended. */
export interface TaskSummary {
  readonly id: string;
  readonly tool: string;
  readonly era: Era;
  readonly status: TaskStatus;
  readonly statusMessage?: string;
  readonly progress?: { readonly done: number; readonly total?: number };
  readonly createdAt: number;
  readonly lastUpdatedAt: number;
  /** From creation to expiry (ms), as things stand now. */
  readonly ttlMs: number;
  readonly pollIntervalMs: number;
  /** It ended with a result that says `isError`; the revisions call such an end by different names. */
  readonly toolError?: true;
}

/** A task as a client may see it. */
export interface TaskView extends TaskSummary {
  /** Outstanding questions only, verbatim, in the order they were asked. */
  readonly questions: Questions;
  /** Present when completed or failed. */
  readonly outcome?: Outcome;
}

/** The API side: every method is one or two requests to the store, from any instance. */
export interface Engine extends External {
  /** Make a task: one message, one write. @throws QuotaExceeded, IdempotencyConflict */
  start(call: StartCall): Promise<TaskView>;
  /** @throws TaskNotFound (unknown, foreign, expired: one answer) */
  get(caller: Caller, id: string): Promise<TaskView>;
  /** The same without questions and outcome: one read, whatever is kept outside the row. @throws TaskNotFound */
  summary(caller: Caller, id: string): Promise<TaskSummary>;
  /** The caller's own tasks, newest first; none where callers cannot be told apart. */
  list(caller: Caller, page: { readonly limit: number; readonly after?: string }): Promise<TaskPage>;
  /** Unknown, answered and withdrawn keys are ignored; a terminal task ignores all. @throws TaskNotFound */
  answer(caller: Caller, id: string, answers: Readonly<Record<string, Answer>>, deadline: number): Promise<void>;
  /**
   * Answer one question, of a task or of a call in place.
   * @returns `unknown` when it was never asked; what is answered, withdrawn or over is `known`. @throws TaskNotFound
   */
  reply(caller: Caller, question: AskedQuestion, answer: Answer, deadline: number): Promise<'known' | 'unknown'>;
  /** The outcome of a call that ran inline, as one answer holds it: what does not fit becomes links to files. */
  deliver(call: string, outcome: Outcome): Promise<Outcome>;
  /** Look at a task for a stream, and become the one that asks its questions if nobody else is. @throws TaskNotFound */
  follow(follow: Follow): Promise<Followed>;
  /** Calls in place that wait for their client's answers. */
  readonly calls: WaitingCalls;
  /** @returns whether this call (or a lost answer of it) cancelled the task, or it had ended before. @throws TaskNotFound */
  cancel(caller: Caller, id: string, deadline: number): Promise<'cancelled' | 'alreadyTerminal'>;
}

/** The worker side. */
export interface Worker {
  /**
   * Take one message as far as it goes. Never rejects for what a tool does.
   * @param deadline when the function will be stopped (ms since the epoch)
   */
  work(delivery: Delivery, deadline: number): Promise<Disposal>;
}

/** The dead-letter side: gives no verdict, sends what is still owed afresh. */
export interface Redrive {
  /** Rejects when the store or the queue cannot be reached: the message then stays where it is. */
  redrive(wakeUp: WakeUp): Promise<void>;
}

/** For those who look at rows directly (operators' tools, tests). */
export type { TaskRow };
