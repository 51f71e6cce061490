/** How outside systems end, or report on, what a parked task waits for (`task.waitFor`). */
import { type Answer, EXTERNAL, isPending, isTerminal } from '../../tasks/record.ts';
import { RPC_CODE } from '../../tasks/rpc-code.ts';
import { reportChange } from '../../tasks/writes/report.ts';
import { TaskNotFound } from '../errors.ts';
import { cutStatusMessage } from '../status-message.ts';
import { decodeWaitToken } from '../wait-token.ts';
import { commitAnswers } from './answer.ts';
import type { EngineContext } from './context.ts';

/** An outside system's error, as the tool gets it. */
export interface WaitError {
  readonly message: string;
  readonly name?: string;
}

/** How far the outside work is; `done` of `total`. */
export interface WaitProgress {
  readonly message?: string;
  readonly done?: number;
  readonly total?: number;
}

/** @throws TaskNotFound, InvalidWaitToken */
export async function completeWait(
  engine: EngineContext,
  token: string,
  value: unknown,
  deadline: number,
): Promise<void> {
  await answerWait(engine, token, { result: { value: value ?? null } }, deadline);
}

/** @throws TaskNotFound, InvalidWaitToken */
export async function failWait(
  engine: EngineContext,
  token: string,
  { name, message }: WaitError,
  deadline: number,
): Promise<void> {
  const error = { code: RPC_CODE.internalError, message, ...(name !== undefined && { data: { name } }) };
  await answerWait(engine, token, { error }, deadline);
}

/** @throws TaskNotFound, InvalidWaitToken */
export async function reportWaitProgress(
  engine: EngineContext,
  token: string,
  { message, done, total }: WaitProgress,
): Promise<void> {
  const { key } = decodeWaitToken(token);
  const report = {
    ...(message !== undefined && { statusMessage: cutStatusMessage(message) }),
    ...(done !== undefined && { progress: { done, ...(total !== undefined && { total }) } }),
  };
  const written = await engine.store.update(reportChange(key, engine.clock.now(), report));
  if (!written.done && !(written.row && isTerminal(written.row.status))) throw new TaskNotFound();
}

/** The first answer counts. It may come before the wait is in the row: a fast system is faster than the park. */
async function answerWait(engine: EngineContext, token: string, answer: Answer, deadline: number): Promise<void> {
  const { key, wait } = decodeWaitToken(token);
  await commitAnswers(engine, key, deadline, (questions) => {
    const question = Object.hasOwn(questions, wait) ? questions[wait] : undefined;
    if (question && !isPending(question)) return undefined;
    const answered = { ...(question ?? { method: EXTERNAL, params: {} }), answer };
    return { questions: { ...questions, [wait]: answered }, wakes: true };
  });
}
