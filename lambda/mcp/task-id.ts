/** Task ids, as clients send them. */
import { TaskNotFound } from '../engine/errors.ts';
import { refuseParams } from './failure.ts';
import { getOwn, type JsonObject } from './rpc.ts';

/** Whether a text can be a task id. If not, there is no such task, and the store need not be asked. */
export const isTaskId = (id: string): boolean => /^[A-Za-z0-9._~-]{1,128}$/.test(id);

/** `params.taskId` of a request. @throws Refusal -32602, TaskNotFound for a text that cannot be an id */
export function requireTaskId(params: JsonObject | undefined): string {
  const id = getOwn(params, 'taskId');
  if (typeof id !== 'string') throw refuseParams('"taskId" must be a string.');
  if (!isTaskId(id)) throw new TaskNotFound();
  return id;
}
