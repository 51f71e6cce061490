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
  | { readonly kind: 'said'; readonly result: JsonObject }
  /** The task has questions: ask the client if it can be asked, or say that it cannot. */
  | { readonly kind: 'asks'; readonly view: TaskView };

/**
 * The outcome of a task, waited for within this request, or what to do until it is there.
 * @param answers what the client answered to questions of the task since it was last asked
 */
export async function getTaskResultForModel(
  waiting: WaitOptions,
  id: string,
  answers?: Readonly<Record<string, Answer>>,
): Promise<ModelToolResult> {
  try {
    if (!isTaskId(id)) throw new TaskNotFound();
    const { engine, caller, deadline } = waiting;
    if (answers && Object.keys(answers).length > 0) await engine.answerTask(caller, id, answers, deadline);
    return toModelToolResult(await waitForTask(waiting, id));
  } catch (error) {
    return { kind: 'said', result: handleNotFound(error, id) };
  }
}

/** What a model is told of a task as it stands. */
export function toModelToolResult(view: TaskView): ModelToolResult {
  if (view.status === 'input_required') return { kind: 'asks', view };
  if (view.outcome) return { kind: 'said', result: toToolResult(view.tool, view.outcome) };
  return { kind: 'said', result: view.status === 'cancelled' ? describeCancelled(view) : describeWorking(view) };
}

export async function cancelTaskForModel({ engine, caller, deadline }: WaitOptions, id: string): Promise<JsonObject> {
  try {
    if (!isTaskId(id)) throw new TaskNotFound();
    return (await engine.cancelTask(caller, id, deadline)) === 'cancelled'
      ? confirmCancelled(id)
      : describeAlreadyEnded(id);
  } catch (error) {
    return handleNotFound(error, id);
  }
}

function handleNotFound(error: unknown, id: string): JsonObject {
  if (error instanceof TaskNotFound) return describeUnknownTask(id);
  throw error;
}
