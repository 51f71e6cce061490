/** `tasks/get`, `tasks/update` and `tasks/cancel`. None of them loads the user's module, a schema library or the SDK. */
import { TaskNotFound } from '../../engine/errors.ts';
import type { Exchange, Services } from '../exchange.ts';
import { invalidParams, missingCapability } from '../failure.ts';
import { type JsonObject, own } from '../rpc.ts';
import { isTaskId } from '../task-id.ts';
import { checkDeliverable, declaresTasks, inputCapabilities, TASKS_REQUIRED } from './capabilities.ts';
import { answersOf } from './input-responses.ts';
import { acknowledgement, getTaskResult } from './shapes.ts';

export async function getTask(
  { request, caller }: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<JsonObject> {
  checkTasks(capabilities);
  const view = await services.engine.get(caller, taskIdOf(request.params));
  if (view.status === 'input_required') checkDeliverable(view.questions, inputCapabilities(capabilities));
  return getTaskResult(view, services.server.info);
}

export async function updateTask(
  exchange: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<JsonObject> {
  checkTasks(capabilities);
  const { request, caller, deadline } = exchange;
  const id = taskIdOf(request.params);
  const answers = answersOf(own(request.params, 'inputResponses'));
  await services.engine.answer(caller, id, answers, deadline);
  return acknowledgement(services.server.info);
}

/** A task that has ended already is acknowledged like one that ends now: cancelling is a wish, not a verdict. */
export async function cancelTask(
  exchange: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<JsonObject> {
  checkTasks(capabilities);
  await services.engine.cancel(exchange.caller, taskIdOf(exchange.request.params), exchange.deadline);
  return acknowledgement(services.server.info);
}

/** @throws Refusal 400 -32021 for a request that does not declare the extension (SEP-2663, Protocol Errors) */
export function checkTasks(capabilities: JsonObject): void {
  if (!declaresTasks(capabilities)) throw missingCapability(TASKS_REQUIRED);
}

/** @throws Refusal -32602, TaskNotFound for what cannot be an id */
function taskIdOf(params: JsonObject | undefined): string {
  const id = own(params, 'taskId');
  if (typeof id !== 'string') throw invalidParams('"taskId" must be a string.');
  if (!isTaskId(id)) throw new TaskNotFound();
  return id;
}
