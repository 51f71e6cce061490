/** `tasks/get`, `tasks/list` and `tasks/cancel`. None of them loads the user's module, a schema library or the SDK. */
import type { Exchange, Services } from '../exchange.ts';
import { refuseParams } from '../failure.ts';
import { getOwn, type JsonObject } from '../rpc.ts';
import { isTaskId, requireTaskId } from '../task-id.ts';
import { toCoreTask } from './shapes.ts';

/** Most tasks on one page of a list. */
const LIST_PAGE_SIZE = 50;

export async function handleTasksGet({ request, caller }: Exchange, { engine }: Services): Promise<JsonObject> {
  return toCoreTask(await engine.getTaskSummary(caller, requireTaskId(request.params)));
}

/** The caller's own tasks, newest first, whichever revision created them. */
export async function handleTasksList({ request, caller }: Exchange, { engine }: Services): Promise<JsonObject> {
  const cursor = getOwn(request.params, 'cursor');
  const { tasks, next } = await engine.listTasks(caller, {
    limit: LIST_PAGE_SIZE,
    ...(cursor !== undefined && { after: decodeListCursor(cursor) }),
  });
  return { tasks: tasks.map(toCoreTask), ...(next !== undefined && { nextCursor: encodeListCursor(next) }) };
}

/** @throws Refusal -32602 for a task that has ended (Tasks, Task Cancellation) */
export async function handleTasksCancel(
  { request, caller, deadline }: Exchange,
  { engine }: Services,
): Promise<JsonObject> {
  const id = requireTaskId(request.params);
  if ((await engine.cancelTask(caller, id, deadline)) === 'alreadyTerminal') {
    const { status } = toCoreTask(await engine.getTaskSummary(caller, id));
    throw refuseParams(`The task cannot be cancelled: it has already ended (${status}).`);
  }
  return toCoreTask(await engine.getTaskSummary(caller, id));
}

const LIST_CURSOR_PREFIX = 'after:';

const encodeListCursor = (id: string): string => Buffer.from(`${LIST_CURSOR_PREFIX}${id}`).toString('base64url');

/** @throws Refusal -32602 for a cursor that is not one of ours */
function decodeListCursor(cursor: unknown): string {
  const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : '';
  const id = text.startsWith(LIST_CURSOR_PREFIX) ? text.slice(LIST_CURSOR_PREFIX.length) : '';
  if (!isTaskId(id) || encodeListCursor(id) !== cursor) throw refuseParams('Invalid cursor');
  return id;
}
