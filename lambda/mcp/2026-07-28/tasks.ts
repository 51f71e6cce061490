/** `tasks/get`, `tasks/update` and `tasks/cancel`. None of them loads the user's module, a schema library or the SDK. */
import { TaskNotFound } from '../../engine/errors.ts';
import type { Exchange, Services } from '../exchange.ts';
import { refuseCapability, refuseParams } from '../failure.ts';
import { getOwn, type JsonObject } from '../rpc.ts';
import { isTaskId } from '../task-id.ts';
import { checkCanAskAll, declaresTasks, readInputCapabilities, TASKS_REQUIRED } from './capabilities.ts';
import { parseInputResponses } from './input-responses.ts';
import { buildAcknowledgement, toGetTaskResult } from './shapes.ts';

export async function handleTasksGet(
  { request, caller }: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<JsonObject> {
  checkTasksDeclared(capabilities);
  const view = await services.engine.getTask(caller, parseTaskId(request.params));
  if (view.status === 'input_required') checkCanAskAll(view.questions, readInputCapabilities(capabilities));
  return toGetTaskResult(view, services.server.info);
}

export async function handleTasksUpdate(
  exchange: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<JsonObject> {
  checkTasksDeclared(capabilities);
  const { request, caller, deadline } = exchange;
  const id = parseTaskId(request.params);
  const answers = parseInputResponses(getOwn(request.params, 'inputResponses'));
  await services.engine.answerTask(caller, id, answers, deadline);
  return buildAcknowledgement(services.server.info);
}

/** A task that has ended already is acknowledged like one that ends now: cancelling is a wish, not a verdict. */
export async function handleTasksCancel(
  exchange: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<JsonObject> {
  checkTasksDeclared(capabilities);
  await services.engine.cancelTask(exchange.caller, parseTaskId(exchange.request.params), exchange.deadline);
  return buildAcknowledgement(services.server.info);
}

/** @throws Refusal 400 -32021 for a request that does not declare the extension (SEP-2663, Protocol Errors) */
export function checkTasksDeclared(capabilities: JsonObject): void {
  if (!declaresTasks(capabilities)) throw refuseCapability(TASKS_REQUIRED);
}

/** @throws Refusal -32602, TaskNotFound for what cannot be an id */
function parseTaskId(params: JsonObject | undefined): string {
  const id = getOwn(params, 'taskId');
  if (typeof id !== 'string') throw refuseParams('"taskId" must be a string.');
  if (!isTaskId(id)) throw new TaskNotFound();
  return id;
}
