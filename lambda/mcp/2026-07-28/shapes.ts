import type { TaskView } from '../../engine/model.ts';
import { isOutstanding, type Questions } from '../../tasks/record.ts';
import { isObject, type JsonObject, META_KEYS } from '../rpc.ts';

/** How the server names itself on every result. */
export type ServerInfo = JsonObject;

/** Finish a result: every result says its type and who sends it (MCP 2026-07-28, Results). */
export function stampResult(result: JsonObject, info: ServerInfo, resultType = 'complete'): JsonObject {
  const meta = isObject(result._meta) ? result._meta : {};
  return { ...result, resultType, _meta: { [META_KEYS.serverInfo]: info, ...meta } };
}

/** The members that every form of a task has. */
const toExtensionTask = (view: TaskView): JsonObject => ({
  taskId: view.id,
  // A tool error is a result in this revision, whatever the one that made the task calls it.
  status: view.toolError ? 'completed' : view.status,
  ...(view.statusMessage !== undefined && { statusMessage: view.statusMessage }),
  createdAt: new Date(view.createdAt).toISOString(),
  lastUpdatedAt: new Date(view.lastUpdatedAt).toISOString(),
  ttlMs: view.ttlMs,
  pollIntervalMs: view.pollIntervalMs,
});

/** A task with what its status carries: questions, result or error (`DetailedTask`). */
export function toDetailedTask(view: TaskView): JsonObject {
  const { status, outcome } = view;
  if (status === 'input_required') return { ...toExtensionTask(view), inputRequests: toInputRequests(view.questions) };
  if (!outcome) return toExtensionTask(view);
  if ('error' in outcome) return { ...toExtensionTask(view), error: outcome.error };
  // The official client refuses an inlined result that does not say its own type.
  return { ...toExtensionTask(view), result: { ...outcome.result, resultType: 'complete' } };
}

/** Outstanding questions, verbatim. */
export const toInputRequests = (questions: Questions): JsonObject =>
  Object.fromEntries(
    Object.entries(questions)
      .filter(([, question]) => isOutstanding(question))
      .map(([key, { method, params }]) => [key, { method, params }]),
  );

/** The answer to `tools/call` that made a task. */
export const toCreatedExtensionTask = (view: TaskView, info: ServerInfo): JsonObject =>
  stampResult(toExtensionTask(view), info, 'task');

/** The answer to `tasks/get`. */
export const toGetTaskResult = (view: TaskView, info: ServerInfo): JsonObject =>
  stampResult(toDetailedTask(view), info);

/** The answer to `tasks/update` and `tasks/cancel`. */
export const buildAcknowledgement = (info: ServerInfo): JsonObject => stampResult({}, info);

/** The answer to `tools/call` that needs the client's input first (Multi Round-Trip Requests). */
export const buildInputRequiredResult = (questions: Questions, requestState: string, info: ServerInfo): JsonObject =>
  stampResult({ inputRequests: toInputRequests(questions), requestState }, info, 'input_required');
