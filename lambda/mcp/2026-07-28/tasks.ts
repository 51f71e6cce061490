/** `tasks/get`, `tasks/update` and `tasks/cancel`. None of them loads the user's module, a schema library or the SDK. */
import { readInputCapabilities } from '../capabilities.ts';
import type { Exchange, Services } from '../exchange.ts';
import { parseInputResponses } from '../input-responses.ts';
import { getOwn, type JsonObject } from '../rpc.ts';
import { requireTaskId } from '../task-id.ts';
import { checkCanAskAll, checkTasksDeclared } from './capabilities.ts';
import { buildAcknowledgement, toGetTaskResult } from './shapes.ts';

export async function handleTasksGet(
  { request, caller }: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<JsonObject> {
  checkTasksDeclared(capabilities);
  const view = await services.engine.getTask(caller, requireTaskId(request.params));
  if (view.status === 'input_required') checkCanAskAll(view.questions, readInputCapabilities(capabilities));
  return toGetTaskResult(view, services.server.info);
}

export async function handleTasksUpdate(
  { request, caller, deadline }: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<JsonObject> {
  checkTasksDeclared(capabilities);
  const id = requireTaskId(request.params);
  const answers = parseInputResponses(getOwn(request.params, 'inputResponses'));
  await services.engine.answerTask(caller, id, answers, deadline);
  return buildAcknowledgement(services.server.info);
}

/** A task that has already ended is acknowledged like one that ends now: cancelling is a wish, not a verdict. */
export async function handleTasksCancel(
  { request, caller, deadline }: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<JsonObject> {
  checkTasksDeclared(capabilities);
  await services.engine.cancelTask(caller, requireTaskId(request.params), deadline);
  return buildAcknowledgement(services.server.info);
}
