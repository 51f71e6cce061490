/** What a request may do to a task, in the domain's own words. Implementation: `createEngine`. */
import type { Answer, Outcome } from '../../tasks/record.ts';
import type { Caller, StartCall, TaskSummary, TaskView } from '../model.ts';
import type { WaitError, WaitProgress } from './external.ts';
import type { FollowedTask, FollowOptions } from './follow.ts';
import type { TaskPage } from './list.ts';
import type { QuestionRef } from './submit-answer.ts';
import type { WaitingCalls } from './waiting-calls.ts';

/**
 * The API side: every method is one or two requests to the store, from any instance. A `deadline` is when the request
 * must have been answered (ms since the epoch).
 */
export interface Engine {
  /** Creates a task: one message, one write. @throws QuotaExceeded, IdempotencyConflict, IdempotencyUnsupported */
  startTask(call: StartCall): Promise<TaskView>;
  /** @throws TaskNotFound for unknown, foreign and expired ids alike */
  getTask(caller: Caller, id: string): Promise<TaskView>;
  /** The same without questions and outcome: one read, whatever is stored outside the row. @throws TaskNotFound */
  getTaskSummary(caller: Caller, id: string): Promise<TaskSummary>;
  /** The caller's own tasks, newest first; none where the server does not distinguish callers. */
  listTasks(caller: Caller, page: { readonly limit: number; readonly after?: string }): Promise<TaskPage>;
  /** Unknown, answered and withdrawn keys are ignored; a terminal task ignores all. @throws TaskNotFound, AnswerTooLarge */
  answerTask(caller: Caller, id: string, answers: Readonly<Record<string, Answer>>, deadline: number): Promise<void>;
  /**
   * Answers one question, of a task or of an in-place call.
   * @returns `unknown` if it was never asked; a question that was answered, withdrawn or has ended is `known`
   * @throws TaskNotFound, AnswerTooLarge
   */
  submitAnswer(caller: Caller, question: QuestionRef, answer: Answer, deadline: number): Promise<'known' | 'unknown'>;
  /** @returns whether this call (or an earlier attempt of it) cancelled the task, or it had ended before. @throws TaskNotFound */
  cancelTask(caller: Caller, id: string, deadline: number): Promise<'cancelled' | 'alreadyTerminal'>;
  /** The outcome of an inline call, as one response holds it: what does not fit becomes links to files. */
  deliverOutcome(call: string, outcome: Outcome): Promise<Outcome>;
  /** Reads a task for a stream, which becomes the one that asks its questions if no other does. @throws TaskNotFound */
  followTask(follow: FollowOptions): Promise<FollowedTask>;
  /** In-place calls that wait for their client's answers. */
  readonly waitingCalls: WaitingCalls;
  /** Ends a wait (`task.waitFor`) with the `value` that the tool gets. The first answer counts. @throws TaskNotFound, InvalidWaitToken */
  completeWait(token: string, value: unknown, deadline: number): Promise<void>;
  /** Ends a wait with the error that the tool gets. The first answer counts. @throws TaskNotFound, InvalidWaitToken */
  failWait(token: string, error: WaitError, deadline: number): Promise<void>;
  /** Reports how far the outside work of a wait is. @throws TaskNotFound, InvalidWaitToken */
  reportWaitProgress(token: string, progress: WaitProgress): Promise<void>;
}
