/** MCP 2025-11-25 with its core tasks, and the revisions before it: which request is served how. */
import { hasEnvelope } from '../2026-07-28/envelope.ts';
import { getHeader } from '../2026-07-28/headers.ts';
import type { Exchange, HttpMessage, Services } from '../exchange.ts';
import { CODE, Refusal } from '../failure.ts';
import { buildResultReply, type Reply } from '../rpc.ts';
import { decodeStreamCursor } from './cursor.ts';
import { handleTasksResult, resumeTasksResult } from './result.ts';
import { handleTasksCancel, handleTasksGet, handleTasksList } from './tasks.ts';
import { mayHaveTasks, readVersionHeader } from './version.ts';

export { handleResponse } from './respond.ts';

/** Serve a request of a revision with a handshake. @throws what `errors.ts` translates */
export async function serve20251125(exchange: Exchange, services: Services): Promise<Reply> {
  const { request, headers, caller } = exchange;
  const withTasks = mayHaveTasks(headers);
  switch (request.method) {
    case 'initialize': {
      const { handleInitialize } = await import('./initialize.ts');
      return handleInitialize(exchange, services);
    }
    case 'tools/call': {
      const { handleToolsCall } = await import('./tools-call.ts');
      return handleToolsCall(exchange, services);
    }
    case 'prompts/get':
    case 'resources/read': {
      const [{ callInPlace }, { openSession }] = await Promise.all([import('./call.ts'), import('./session.ts')]);
      return callInPlace(exchange, await openSession(exchange, services), services);
    }
    case 'tasks/get':
      if (withTasks) return buildResultReply(request.id, await handleTasksGet(exchange, services));
      break;
    case 'tasks/result':
      if (withTasks) return handleTasksResult(exchange, services);
      break;
    case 'tasks/cancel':
      if (withTasks) return buildResultReply(request.id, await handleTasksCancel(exchange, services));
      break;
    case 'tasks/list':
      if (withTasks && caller.owner !== undefined)
        return buildResultReply(request.id, await handleTasksList(exchange, services));
      break;
  }
  return (await services.loadSdk()).serve(exchange);
}

/**
 * Serve a GET: a client comes back to a stream that was ended. There are no others, and a client that has been
 * given its answer has nothing to come back for.
 *
 * @throws Refusal 405
 */
export async function resumeStream(message: HttpMessage, services: Services): Promise<Reply> {
  const eventId = getHeader(message.headers, 'Last-Event-ID');
  const version = readVersionHeader(message.headers);
  const isModern = version !== undefined && hasEnvelope(version);
  const cursor = eventId === undefined || isModern ? undefined : decodeStreamCursor(eventId);
  if (!cursor || cursor.done) throw new Refusal(405, CODE.transport, 'Method not allowed: POST a JSON-RPC message.');
  if (cursor.of === 'task') return resumeTasksResult(message, cursor, services);
  const { resumeCall } = await import('./resume-call.ts');
  return resumeCall(message, cursor, services);
}
