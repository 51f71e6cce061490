/** The model tools: `get_task_result` and `cancel_task`. */
import { TaskNotFound } from '../../engine/errors.ts';
import type { TaskView } from '../../engine/model.ts';
import type { Answer } from '../../tasks/record.ts';
import type { JsonObject } from '../rpc.ts';
import { isTaskId } from '../task-id.ts';
import {
  confirmCancelled,
  describeAlreadyEnded,
  describeCancelled,
  describeUnknownTask,
  describeWorking,
  toToolResult,
} from './messages.ts';
import { type WaitOptions, waitForTask } from './wait.ts';

export type ModelToolResult =
  | { readonly kind: 'result'; readonly result: JsonObject }
  /** The task has questions: ask the client if it can be asked, or report that it cannot. */
  | { readonly kind: 'input'; readonly view: TaskView };

/**
 * The outcome of a task, waited for within this request, or what the model can do until there is one.
 * @param answers the client's answers to questions of the task since the last call
 */
export async function getTaskResultForModel(
  waiting: WaitOptions,
  id: string,
  answers: Readonly<Record<string, Answer>> = {},
): Promise<ModelToolResult> {
  try {
    if (!isTaskId(id)) throw new TaskNotFound();
    const { engine, caller, deadline } = waiting;
    if (Object.keys(answers).length > 0) await engine.answerTask(caller, id, answers, deadline);
    return toModelToolResult(await waitForTask(waiting, id));
  } catch (error) {
    return { kind: 'result', result: describeIfNotFound(error, id) };
  }
}

/** A task in its present state, as a model sees it. */
export function toModelToolResult(view: TaskView): ModelToolResult {
  if (view.status === 'input_required') return { kind: 'input', view };
  if (view.outcome) return { kind: 'result', result: toToolResult(view.tool, view.outcome) };
  return { kind: 'result', result: view.status === 'cancelled' ? describeCancelled(view) : describeWorking(view) };
}

export async function cancelTaskForModel({ engine, caller, deadline }: WaitOptions, id: string): Promise<JsonObject> {
  try {
    if (!isTaskId(id)) throw new TaskNotFound();
    return (await engine.cancelTask(caller, id, deadline)) === 'cancelled'
      ? confirmCancelled(id)
      : describeAlreadyEnded(id);
  } catch (error) {
    return describeIfNotFound(error, id);
  }
}

function describeIfNotFound(error: unknown, id: string): JsonObject {
  if (error instanceof TaskNotFound) return describeUnknownTask(id);
  throw error;
}
