import type { TaskView } from '../../engine/model.ts';
import { isOutstanding, type Outcome } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import { CANCEL_TASK, GET_TASK_RESULT } from '../../tool/follow-up.ts';
import type { JsonObject } from '../rpc.ts';
import { MAX_WAIT_MS } from './wait.ts';

const MAX_WAIT_SECONDS = MAX_WAIT_MS / 1_000;

const buildTextResult = (words: string): JsonObject => ({ content: [{ type: 'text', text: words }] });

const formatTaskArgument = ({ id }: TaskView): string => JSON.stringify({ task_id: id });

/** The result of a call that was handed off. */
export const describeHandOff = (view: TaskView): JsonObject =>
  buildTextResult(
    `${view.tool} has been started as task ${view.id} and goes on in the background. Do not call ${view.tool} again ` +
      `for this: its result comes from ${GET_TASK_RESULT} with ${formatTaskArgument(view)}, which waits up to ${MAX_WAIT_SECONDS} s by ` +
      `itself. ${CANCEL_TASK} with the same argument stops the work.${formatProgress(view)}`,
  );

/** The answer of `get_task_result` while there is no result. */
export const describeWorking = (view: TaskView): JsonObject =>
  buildTextResult(
    `Task ${view.id} (${view.tool}) is still working.${formatProgress(view)} This call has waited for it already. Go on with ` +
      `something else or tell the user, and call ${GET_TASK_RESULT} again in about ${toRetrySeconds(view)} s ` +
      'at the earliest: calling sooner does not make it faster.',
  );

/** The task has a question, and the client cannot be asked. */
export const describeNeededInput = (view: TaskView): JsonObject =>
  toolError(
    `Task ${view.id} (${view.tool}) waits for an answer that this client cannot be asked for: ${formatQuestions(view)}. ` +
      `Connect with a client that supports elicitation to answer, or stop the task: ${CANCEL_TASK} with ${formatTaskArgument(view)}.`,
  ) as JsonObject;

/** How a task ended, as the result of an ordinary tool. */
export function toToolResult(tool: string, outcome: Outcome): JsonObject {
  if ('result' in outcome) return outcome.result;
  const { code, message } = outcome.error;
  return toolError(`${tool} failed (${code}): ${message}`) as JsonObject;
}

export const describeCancelled = (view: TaskView): JsonObject =>
  toolError(`Task ${view.id} (${view.tool}) was cancelled: it has no result.`) as JsonObject;

export const describeUnknownTask = (id: string): JsonObject =>
  toolError(
    `There is no task ${JSON.stringify(id)} for this caller: the id is wrong, or the task has expired. ` +
      'Use the task_id exactly as the tool that started it gave it.',
  ) as JsonObject;

export const confirmCancelled = (id: string): JsonObject => buildTextResult(`Task ${id} is cancelled.`);

export const describeAlreadyEnded = (id: string): JsonObject =>
  buildTextResult(`Task ${id} had ended before it could be cancelled: ${GET_TASK_RESULT} says how.`);

function formatProgress({ statusMessage, progress }: TaskView): string {
  const numbers = progress && (progress.total ? `${progress.done} of ${progress.total}` : String(progress.done));
  const parts = [statusMessage, numbers].filter((part) => part !== undefined);
  return parts.length > 0 ? ` So far: ${parts.join(', ')}.` : '';
}

const toRetrySeconds = ({ pollIntervalMs }: TaskView): number => Math.max(5, Math.ceil(pollIntervalMs / 1_000));

const formatQuestions = ({ questions }: TaskView): string =>
  Object.values(questions)
    .filter(isOutstanding)
    .map(({ method, params }) => JSON.stringify(typeof params.message === 'string' ? params.message : method))
    .join(', ');
