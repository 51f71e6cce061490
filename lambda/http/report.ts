/** One log line for each request that was refused or failed: what and why, never arguments, results or tokens. */
import type { Log } from '../engine/ports.ts';
import { getOwn, isObject, type Reply } from '../mcp/rpc.ts';
import { toErrorFields } from '../observe/error-fields.ts';

/** A text that can be a method of the protocol; any other is the client's own and is not repeated. */
const METHOD_NAME = /^[A-Za-z0-9_./$-]{1,64}$/;

export interface RepliedRequest {
  readonly reply: Reply;
  /** The request's parsed body. */
  readonly body: unknown;
  readonly durationMs: number;
  /** The error behind the reply, when the server is at fault. */
  readonly fault: unknown;
}

export function logReply(log: Log, { reply, body, durationMs, fault }: RepliedRequest): void {
  const { status, error } = reply;
  if (status < 400 && !error) {
    // Counted, not logged: polls are nearly all of the traffic.
    if (reply.poll) log('task.polled', { polls: 1 });
    return;
  }
  const method = isObject(body) ? getOwn(body, 'method') : undefined;
  log(status >= 500 ? 'request.failed' : 'request.refused', {
    status,
    code: error?.code,
    method: typeof method === 'string' && METHOD_NAME.test(method) ? method : undefined,
    durationMs,
    // These messages are our own words, and a bare status does not tell an operator what to fix.
    reason: status === 401 || status === 403 ? error?.message : undefined,
    ...(fault !== undefined && toErrorFields(fault)),
  });
}
