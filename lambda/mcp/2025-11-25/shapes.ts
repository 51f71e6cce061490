/** Tasks, questions and responses as MCP 2025-11-25 writes them. */
import type { QuestionRef } from '../../engine/api/submit-answer.ts';
import type { TaskSummary } from '../../engine/model.ts';
import type { Outcome, RpcError } from '../../tasks/record.ts';
import { CODE } from '../failure.ts';
import type { InputRequest } from '../input-requests.ts';
import { isObject, type JsonObject, type RpcId } from '../rpc.ts';
import { encodeQuestionId } from './question-id.ts';

const RELATED_TASK = 'io.modelcontextprotocol/related-task';
const IMMEDIATE_RESPONSE = 'io.modelcontextprotocol/model-immediate-response';

/** A task as `tasks/get`, `tasks/list` and `tasks/cancel` show it. They name it, so they need no related-task metadata. */
export const toCoreTask = (view: TaskSummary): JsonObject => ({
  taskId: view.id,
  // Tasks, Task Status: an outcome with `isError` is a failure, whichever revision created the task.
  status: view.toolError ? 'failed' : view.status,
  ...(view.statusMessage !== undefined && { statusMessage: view.statusMessage }),
  createdAt: new Date(view.createdAt).toISOString(),
  lastUpdatedAt: new Date(view.lastUpdatedAt).toISOString(),
  ttl: view.ttlMs,
  pollInterval: view.pollIntervalMs,
});

/** The result of a `tools/call` that created a task. */
export const toCreatedCoreTask = (view: TaskSummary, immediateResponse: string | undefined): JsonObject =>
  relateToTask(view.id, {
    task: toCoreTask(view),
    ...(immediateResponse !== undefined && { _meta: { [IMMEDIATE_RESPONSE]: immediateResponse } }),
  });

/** Every other message about a task names it (Tasks, Related Task Metadata). */
export const relateToTask = (taskId: string, message: JsonObject): JsonObject => ({
  ...message,
  _meta: { ...(isObject(message._meta) && message._meta), [RELATED_TASK]: { taskId } },
});

/** A question as a JSON-RPC request to the client. */
export function buildQuestionRequest(ref: QuestionRef, { method, params }: InputRequest): JsonObject {
  const id = encodeQuestionId(ref);
  // This revision requires an id for each elicitation by URL; the next has none, so tools give none.
  const elicitation = params.mode === 'url' && params.elicitationId === undefined ? { elicitationId: id } : {};
  const fullParams = { ...params, ...elicitation };
  return { jsonrpc: '2.0', id, method, params: ref.of === 'task' ? relateToTask(ref.id, fullParams) : fullParams };
}

export const buildProgressNotification = (
  taskId: string,
  progressToken: string | number,
  report: { readonly progress: number; readonly total?: number; readonly message?: string },
): JsonObject => ({
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: relateToTask(taskId, { progressToken, ...report }),
});

/** The outcome of `tasks/result`, which is that of the call itself; `undefined` while there is none. */
export function toTasksResultOutcome(view: TaskSummary & { readonly outcome?: Outcome }): Outcome | undefined {
  if (view.status === 'cancelled') return { error: { code: CODE.invalidParams, message: CANCELLED_MESSAGE } };
  const { outcome } = view;
  return outcome && 'result' in outcome ? { result: relateToTask(view.id, outcome.result) } : outcome;
}

const CANCELLED_MESSAGE = 'The task was cancelled: it has no result.';

export const buildOutcomeResponse = (id: RpcId, outcome: Outcome): JsonObject => ({ jsonrpc: '2.0', id, ...outcome });

export const buildErrorResponse = (id: RpcId, error: RpcError): JsonObject => ({ jsonrpc: '2.0', id, error });
