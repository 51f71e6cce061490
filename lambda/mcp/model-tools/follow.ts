import { TaskNotFound } from '../../engine/errors.ts';
import type { TaskView } from '../../engine/model.ts';
import type { Answer } from '../../tasks/record.ts';
import type { JsonObject } from '../rpc.ts';
import { isTaskId } from '../task-id.ts';
import { cancelled, endedBefore, resultOf, stillWorking, unknownTask, wasCancelled } from './messages.ts';
import { type Waiting, waitForNews } from './wait.ts';

export type Followed =
  | { readonly kind: 'said'; readonly result: JsonObject }
  /** The task has questions: ask the client if it can be asked, or say that it cannot. */
  | { readonly kind: 'asks'; readonly view: TaskView };

/**
 * The outcome of a task, waited for within this request, or what to do until it is there.
 * @param answers what the client answered to questions of the task since it was last asked
 */
export async function getTaskResult(
  waiting: Waiting,
  id: string,
  answers?: Readonly<Record<string, Answer>>,
): Promise<Followed> {
  try {
    if (!isTaskId(id)) throw new TaskNotFound();
    const { engine, caller, deadline } = waiting;
    if (answers && Object.keys(answers).length > 0) await engine.answer(caller, id, answers, deadline);
    return toldOf(await waitForNews(waiting, id));
  } catch (error) {
    return { kind: 'said', result: notFound(error, id) };
  }
}

/** What a model is told of a task as it stands. */
export function toldOf(view: TaskView): Followed {
  if (view.status === 'input_required') return { kind: 'asks', view };
  if (view.outcome) return { kind: 'said', result: resultOf(view.tool, view.outcome) };
  return { kind: 'said', result: view.status === 'cancelled' ? wasCancelled(view) : stillWorking(view) };
}

export async function cancelTask({ engine, caller, deadline }: Waiting, id: string): Promise<JsonObject> {
  try {
    if (!isTaskId(id)) throw new TaskNotFound();
    return (await engine.cancel(caller, id, deadline)) === 'cancelled' ? cancelled(id) : endedBefore(id);
  } catch (error) {
    return notFound(error, id);
  }
}

function notFound(error: unknown, id: string): JsonObject {
  if (error instanceof TaskNotFound) return unknownTask(id);
  throw error;
}
