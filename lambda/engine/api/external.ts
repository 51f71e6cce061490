/** The way in for outside systems: end or report on what a parked task waits for (`task.waitFor`). */
import { type Answer, EXTERNAL, isTerminal } from '../../tasks/record.ts';
import { reportChange } from '../../tasks/writes/report.ts';
import { TaskNotFound } from '../errors.ts';
import { decodeWaitToken } from '../wait-token.ts';
import { commitAnswers } from './answer.ts';
import type { EngineContext } from './context.ts';

/** What an outside system may say about a wait, by the token that `task.waitFor` gave. */
export interface ExternalWaits {
  /** The wait is over; `value` is what the tool gets. The first word counts. @throws TaskNotFound, InvalidWaitToken */
  completeWait(token: string, value: unknown, deadline: number): Promise<void>;
  /** The wait failed; the tool gets an error of this message. The first word counts. @throws TaskNotFound, InvalidWaitToken */
  failWait(token: string, error: { readonly message: string; readonly name?: string }, deadline: number): Promise<void>;
  /** Tell how far the outside work is. @throws TaskNotFound, InvalidWaitToken */
  reportWaitProgress(
    token: string,
    news: { readonly message?: string; readonly done?: number; readonly total?: number },
  ): Promise<void>;
}

export function createExternalWaits(engine: EngineContext): ExternalWaits {
  /** An answer may come before the wait is in the row: a fast system is faster than the park. */
  const answer = async (token: string, given: Answer, deadline: number): Promise<void> => {
    const { key, wait } = decodeWaitToken(token);
    await commitAnswers(engine, key, deadline, (questions) => {
      const known = Object.hasOwn(questions, wait) ? questions[wait] : undefined;
      if (known && (known.answer !== undefined || known.withdrawn)) return undefined;
      const answered = { ...(known ?? { method: EXTERNAL, params: {} }), answer: given };
      return { questions: { ...questions, [wait]: answered }, wakes: true };
    });
  };
  return {
    completeWait: (token, value, deadline) => answer(token, { result: { value: value ?? null } }, deadline),
    failWait: (token, { name, message }, deadline) =>
      answer(token, { error: { code: -32603, message, ...(name !== undefined && { data: { name } }) } }, deadline),
    reportWaitProgress: async (token, { message, done, total }) => {
      const { key } = decodeWaitToken(token);
      const written = await engine.store.update(
        reportChange(key, engine.clock.now(), {
          ...(message !== undefined && { statusMessage: message.slice(0, 1_024) }),
          ...(done !== undefined && { progress: { done, ...(total !== undefined && { total }) } }),
        }),
      );
      if (!written.done && !(written.row && isTerminal(written.row.status))) throw new TaskNotFound();
    },
  };
}
