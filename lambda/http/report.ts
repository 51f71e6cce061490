/** One line for each request that was refused or failed: what and why, never arguments, results or tokens. */
import type { Log } from '../engine/ports.ts';
import { getOwn, isObject, type Reply } from '../mcp/rpc.ts';
import { toErrorFields } from '../observe/error-fields.ts';
import { GET_TASK_RESULT } from '../tool/follow-up.ts';

/** A method that can be a protocol's name; anything else in its place is somebody's text and is not repeated. */
const METHOD_NAME = /^[A-Za-z0-9_./$-]{1,64}$/;

export function logReply(
  log: Log,
  facts: { readonly reply: Reply; readonly body: unknown; readonly durationMs: number; readonly fault: unknown },
): void {
  const { reply, body, durationMs, fault } = facts;
  const { status, error } = reply;
  const method = isObject(body) ? getOwn(body, 'method') : undefined;
  if (status < 400 && !error) {
    // Counted, not written: polls are nearly all of the traffic.
    if (isPoll(method, body)) log('task.polled', { polls: 1 });
    return;
  }
  log(status >= 500 ? 'request.failed' : 'request.refused', {
    status,
    code: error?.code,
    method: typeof method === 'string' && METHOD_NAME.test(method) ? method : undefined,
    durationMs,
    // These say why in words of our own, and nobody can mend a refusal of which only the status is known.
    reason: status === 401 || status === 403 ? error?.message : undefined,
    ...(fault !== undefined && toErrorFields(fault)),
  });
}

/** Asking how a task is, in any of the dialects. */
function isPoll(method: unknown, body: unknown): boolean {
  if (method === 'tasks/get' || method === 'tasks/result') return true;
  if (method !== 'tools/call' || !isObject(body)) return false;
  const params = getOwn(body, 'params');
  return isObject(params) && getOwn(params, 'name') === GET_TASK_RESULT;
}
