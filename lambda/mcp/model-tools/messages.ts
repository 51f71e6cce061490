import type { TaskView } from '../../engine/model.ts';
import { isOutstanding, type Outcome } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import { CANCEL_TASK, GET_TASK_RESULT } from '../../tool/follow-up.ts';
import type { JsonObject } from '../rpc.ts';
import { LONGEST_WAIT_MS } from './wait.ts';

const WAIT_S = LONGEST_WAIT_MS / 1_000;

const said = (words: string): JsonObject => ({ content: [{ type: 'text', text: words }] });

const argument = ({ id }: TaskView): string => JSON.stringify({ task_id: id });

/** The result of a call that was handed off. */
export const handedOff = (view: TaskView): JsonObject =>
  said(
    `${view.tool} has been started as task ${view.id} and goes on in the background. Do not call ${view.tool} again ` +
      `for this: its result comes from ${GET_TASK_RESULT} with ${argument(view)}, which waits up to ${WAIT_S} s by ` +
      `itself. ${CANCEL_TASK} with the same argument stops the work.${soFar(view)}`,
  );

/** The answer of `get_task_result` while there is no result. */
export const stillWorking = (view: TaskView): JsonObject =>
  said(
    `Task ${view.id} (${view.tool}) is still working.${soFar(view)} This call has waited for it already. Go on with ` +
      `something else or tell the user, and call ${GET_TASK_RESULT} again in about ${secondsUntilNext(view)} s ` +
      'at the earliest: calling sooner does not make it faster.',
  );

/** The task has a question, and the client cannot be asked. */
export const waitsForInput = (view: TaskView): JsonObject =>
  toolError(
    `Task ${view.id} (${view.tool}) waits for an answer that this client cannot be asked for: ${questionsOf(view)}. ` +
      `Connect with a client that supports elicitation to answer, or stop the task: ${CANCEL_TASK} with ${argument(view)}.`,
  ) as JsonObject;

/** How a task ended, as the result of an ordinary tool. */
export function resultOf(tool: string, outcome: Outcome): JsonObject {
  if ('result' in outcome) return outcome.result;
  const { code, message } = outcome.error;
  return toolError(`${tool} failed (${code}): ${message}`) as JsonObject;
}

export const wasCancelled = (view: TaskView): JsonObject =>
  toolError(`Task ${view.id} (${view.tool}) was cancelled: it has no result.`) as JsonObject;

export const unknownTask = (id: string): JsonObject =>
  toolError(
    `There is no task ${JSON.stringify(id)} for this caller: the id is wrong, or the task has expired. ` +
      'Use the task_id exactly as the tool that started it gave it.',
  ) as JsonObject;

export const cancelled = (id: string): JsonObject => said(`Task ${id} is cancelled.`);

export const endedBefore = (id: string): JsonObject =>
  said(`Task ${id} had ended before it could be cancelled: ${GET_TASK_RESULT} says how.`);

function soFar({ statusMessage, progress }: TaskView): string {
  const numbers = progress && (progress.total ? `${progress.done} of ${progress.total}` : String(progress.done));
  const parts = [statusMessage, numbers].filter((part) => part !== undefined);
  return parts.length > 0 ? ` So far: ${parts.join(', ')}.` : '';
}

const secondsUntilNext = ({ pollIntervalMs }: TaskView): number => Math.max(5, Math.ceil(pollIntervalMs / 1_000));

const questionsOf = ({ questions }: TaskView): string =>
  Object.values(questions)
    .filter(isOutstanding)
    .map(({ method, params }) => JSON.stringify(typeof params.message === 'string' ? params.message : method))
    .join(', ');
