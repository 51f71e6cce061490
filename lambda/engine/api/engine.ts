/** What happens to a task, in the domain's own words. Implementations: `createEngine`. */
import type { Answer, Outcome, TaskRow } from '../../tasks/record.ts';
import type { Caller, StartCall, TaskSummary, TaskView } from '../model.ts';
import type { ExternalWaits } from './external.ts';
import type { FollowedTask, FollowOptions } from './follow.ts';
import type { TaskPage } from './list.ts';
import type { QuestionRef } from './submit-answer.ts';
import type { WaitingCalls } from './waiting-calls.ts';

/** The API side: every method is one or two requests to the store, from any instance. */
export interface Engine extends ExternalWaits {
  /** Make a task: one message, one write. @throws QuotaExceeded, IdempotencyConflict */
  startTask(call: StartCall): Promise<TaskView>;
  /** @throws TaskNotFound (unknown, foreign, expired: one answer) */
  getTask(caller: Caller, id: string): Promise<TaskView>;
  /** The same without questions and outcome: one read, whatever is kept outside the row. @throws TaskNotFound */
  getTaskSummary(caller: Caller, id: string): Promise<TaskSummary>;
  /** The caller's own tasks, newest first; none where callers cannot be told apart. */
  listTasks(caller: Caller, page: { readonly limit: number; readonly after?: string }): Promise<TaskPage>;
  /** Unknown, answered and withdrawn keys are ignored; a terminal task ignores all. @throws TaskNotFound */
  answerTask(caller: Caller, id: string, answers: Readonly<Record<string, Answer>>, deadline: number): Promise<void>;
  /**
   * Answer one question, of a task or of a call in place.
   * @returns `unknown` when it was never asked; what is answered, withdrawn or over is `known`. @throws TaskNotFound
   */
  submitAnswer(caller: Caller, question: QuestionRef, answer: Answer, deadline: number): Promise<'known' | 'unknown'>;
  /** The outcome of a call that ran inline, as one answer holds it: what does not fit becomes links to files. */
  deliverOutcome(call: string, outcome: Outcome): Promise<Outcome>;
  /** Look at a task for a stream, and become the one that asks its questions if nobody else is. @throws TaskNotFound */
  followTask(follow: FollowOptions): Promise<FollowedTask>;
  /** Calls in place that wait for their client's answers. */
  readonly waitingCalls: WaitingCalls;
  /** @returns whether this call (or a lost answer of it) cancelled the task, or it had ended before. @throws TaskNotFound */
  cancelTask(caller: Caller, id: string, deadline: number): Promise<'cancelled' | 'alreadyTerminal'>;
}

/** For those who look at rows directly (operators' tools, tests). */
export type { TaskRow };
