/** `tasks/get`, `tasks/list` and `tasks/cancel`. None of them loads the user's module, a schema library or the SDK. */
import { TaskNotFound } from '../../engine/errors.ts';
import type { Exchange, Services } from '../exchange.ts';
import { invalidParams } from '../failure.ts';
import { type JsonObject, own } from '../rpc.ts';
import { isTaskId } from '../task-id.ts';
import { task } from './shapes.ts';

/** Tasks on one page of a list. */
const PAGE = 50;

export async function getTask({ request, caller }: Exchange, { engine }: Services): Promise<JsonObject> {
  return task(await engine.summary(caller, taskIdOf(request.params)));
}

/** The caller's own tasks, newest first, whichever revision made them. */
export async function listTasks({ request, caller }: Exchange, { engine }: Services): Promise<JsonObject> {
  const cursor = own(request.params, 'cursor');
  const after = cursor === undefined ? {} : { after: idOfCursor(cursor) };
  const { tasks, next } = await engine.list(caller, { limit: PAGE, ...after });
  return { tasks: tasks.map(task), ...(next !== undefined && { nextCursor: cursorAfter(next) }) };
}

/** @throws Refusal -32602 for a task that has ended (Tasks, Task Cancellation) */
export async function cancelTask({ request, caller, deadline }: Exchange, { engine }: Services): Promise<JsonObject> {
  const id = taskIdOf(request.params);
  if ((await engine.cancel(caller, id, deadline)) === 'alreadyTerminal') {
    const { status } = task(await engine.summary(caller, id));
    throw invalidParams(`The task cannot be cancelled: it has ended (${status}).`);
  }
  return task(await engine.summary(caller, id));
}

/** @throws Refusal, TaskNotFound */
export function taskIdOf(params: JsonObject | undefined): string {
  const id = own(params, 'taskId');
  if (typeof id !== 'string') throw invalidParams('"taskId" must be a string.');
  if (!isTaskId(id)) throw new TaskNotFound();
  return id;
}

const CURSOR = 'after:';

const cursorAfter = (id: string): string => Buffer.from(`${CURSOR}${id}`).toString('base64url');

/** @throws Refusal -32602 for what was never given as a cursor */
function idOfCursor(cursor: unknown): string {
  const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : '';
  const id = text.startsWith(CURSOR) ? text.slice(CURSOR.length) : '';
  if (!isTaskId(id) || cursorAfter(id) !== cursor) throw invalidParams('Invalid cursor');
  return id;
}
