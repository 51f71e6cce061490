/** What happens to a task, in the domain's own words. Implementations: `createEngine`. */
import type { Answer, Outcome, TaskRow } from '../../tasks/record.ts';
import type { Caller, StartCall, TaskSummary, TaskView } from '../model.ts';
import type { External } from './external.ts';
import type { Follow, Followed } from './follow.ts';
import type { TaskPage } from './list.ts';
import type { AskedQuestion } from './submit-answer.ts';
import type { WaitingCalls } from './waiting-calls.ts';

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

/** For those who look at rows directly (operators' tools, tests). */
export type { TaskRow };
