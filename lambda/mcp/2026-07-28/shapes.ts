/** Results and tasks as MCP 2026-07-28 writes them. */
import type { TaskView } from '../../engine/model.ts';
import type { Questions } from '../../tasks/record.ts';
import { toInputRequests } from '../input-requests.ts';
import { isObject, type JsonObject, META_KEYS } from '../rpc.ts';

/** The server's name and version, as every result carries them. */
export type ServerInfo = JsonObject;

/** Complete a result: each carries its type and the server's name (MCP 2026-07-28, Results). */
export function stampResult(result: JsonObject, info: ServerInfo, resultType = 'complete'): JsonObject {
  const meta = isObject(result._meta) ? result._meta : {};
  return { ...result, resultType, _meta: { [META_KEYS.serverInfo]: info, ...meta } };
}

/** The members that every form of a task has. */
const toExtensionTask = (view: TaskView): JsonObject => ({
  taskId: view.id,
  // A tool error is a result in this revision, whichever revision created the task.
  status: view.toolError ? 'completed' : view.status,
  ...(view.statusMessage !== undefined && { statusMessage: view.statusMessage }),
  createdAt: new Date(view.createdAt).toISOString(),
  lastUpdatedAt: new Date(view.lastUpdatedAt).toISOString(),
  ttlMs: view.ttlMs,
  pollIntervalMs: view.pollIntervalMs,
});

/** A task with the questions, result or error that belong to its status (`DetailedTask`). */
export function toDetailedTask(view: TaskView): JsonObject {
  const { status, outcome } = view;
  if (status === 'input_required') return { ...toExtensionTask(view), inputRequests: toInputRequests(view.questions) };
  if (!outcome) return toExtensionTask(view);
  if ('error' in outcome) return { ...toExtensionTask(view), error: outcome.error };
  // The official client rejects an inlined result without its type.
  return { ...toExtensionTask(view), result: { ...outcome.result, resultType: 'complete' } };
}

/** The result of a `tools/call` that created a task. */
export const toCreatedExtensionTask = (view: TaskView, info: ServerInfo): JsonObject =>
  stampResult(toExtensionTask(view), info, 'task');

/** The result of `tasks/get`. */
export const toGetTaskResult = (view: TaskView, info: ServerInfo): JsonObject =>
  stampResult(toDetailedTask(view), info);

/** The result of `tasks/update` and `tasks/cancel`. */
export const buildAcknowledgement = (info: ServerInfo): JsonObject => stampResult({}, info);

/** The result of a `tools/call` that needs the client's input first (Multi Round-Trip Requests). */
export const buildInputRequiredResult = (questions: Questions, requestState: string, info: ServerInfo): JsonObject =>
  stampResult({ inputRequests: toInputRequests(questions), requestState }, info, 'input_required');
