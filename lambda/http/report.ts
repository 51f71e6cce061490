/** One line for each request that was refused or failed: what and why, never arguments, results or tokens. */
import type { Log } from '../engine/ports.ts';
import { isObject, own, type Reply } from '../mcp/rpc.ts';

/** A method that can be a protocol's name; anything else in its place is somebody's text and is not repeated. */
const METHOD = /^[A-Za-z0-9_./$-]{1,64}$/;

export function reportReply(
  log: Log,
  facts: { readonly reply: Reply; readonly body: unknown; readonly durationMs: number; readonly fault: unknown },
): void {
  const { reply, body, durationMs, fault } = facts;
  const { status, error } = reply;
  if (status < 400 && !error) return;
  const method = isObject(body) ? own(body, 'method') : undefined;
  log(status >= 500 ? 'request.failed' : 'request.refused', {
    status,
    code: error?.code,
    method: typeof method === 'string' && METHOD.test(method) ? method : undefined,
    durationMs,
    ...(fault !== undefined && causeOf(fault)),
  });
}

/** What an operator needs of a fault of the server. The lines of the stack follow the message in it. */
const causeOf = (thrown: unknown): Record<string, string> =>
  thrown instanceof Error
    ? {
        error: thrown.name,
        message: thrown.message.slice(0, 500),
        stack: (thrown.stack ?? '').split('\n').slice(1, 8).join('\n'),
      }
    : { error: typeof thrown };
