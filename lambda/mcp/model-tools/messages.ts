/** The texts that models read about tasks: the results of the model tools and of calls that were handed off. */
import type { TaskView } from '../../engine/model.ts';
import { isOutstanding, type Outcome } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import { CANCEL_TASK, GET_TASK_RESULT } from '../../tool/model-tool-names.ts';
import type { JsonObject } from '../rpc.ts';
import { MAX_WAIT_MS } from './wait.ts';

const MAX_WAIT_SECONDS = MAX_WAIT_MS / 1_000;
/** Shortest pause that a model is asked to make between two calls (s). */
const MIN_RETRY_SECONDS = 5;

const buildTextResult = (text: string): JsonObject => ({ content: [{ type: 'text', text }] });

const formatTaskArgument = ({ id }: TaskView): string => JSON.stringify({ task_id: id });

/** The result of a call that was handed off. */
export const describeHandOff = (view: TaskView): JsonObject =>
  buildTextResult(
    `${view.tool} has been started as task ${view.id} and continues in the background. Do not call ${view.tool} again ` +
      `for this. To get the result, call ${GET_TASK_RESULT} with ${formatTaskArgument(view)}, which waits up to ` +
      `${MAX_WAIT_SECONDS} s for it. ${CANCEL_TASK} with the same argument stops the work.${formatProgress(view)}`,
  );

/** The result of `get_task_result` while the task is working. */
export const describeWorking = (view: TaskView): JsonObject =>
  buildTextResult(
    `Task ${view.id} (${view.tool}) is still working.${formatProgress(view)} This call has already waited for it. ` +
      `Continue with something else or inform the user, and call ${GET_TASK_RESULT} again no sooner than in ` +
      `${toRetrySeconds(view)} s: calling sooner does not make it faster.`,
  );

/** The task has a question that the client cannot be asked. */
export const describeNeededInput = (view: TaskView): JsonObject =>
  toolError(
    `Task ${view.id} (${view.tool}) is waiting for input that this client cannot be asked for: ${formatQuestions(view)}. ` +
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
      'Use the task_id exactly as the tool that started the task returned it.',
  ) as JsonObject;

export const confirmCancelled = (id: string): JsonObject => buildTextResult(`Task ${id} is cancelled.`);

export const describeAlreadyEnded = (id: string): JsonObject =>
  buildTextResult(`Task ${id} had already ended before it could be cancelled: ${GET_TASK_RESULT} returns its result.`);

function formatProgress({ statusMessage, progress }: TaskView): string {
  const numbers = progress && (progress.total ? `${progress.done} of ${progress.total}` : String(progress.done));
  const parts = [statusMessage, numbers].filter((part) => part !== undefined);
  return parts.length > 0 ? ` So far: ${parts.join(', ')}.` : '';
}

const toRetrySeconds = ({ pollIntervalMs }: TaskView): number =>
  Math.max(MIN_RETRY_SECONDS, Math.ceil(pollIntervalMs / 1_000));

const formatQuestions = ({ questions }: TaskView): string =>
  Object.values(questions)
    .filter(isOutstanding)
    .map(({ method, params }) => JSON.stringify(typeof params.message === 'string' ? params.message : method))
    .join(', ');
