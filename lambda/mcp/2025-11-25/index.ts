/** MCP 2025-11-25 with its core tasks, and the revisions before it: dispatches requests to their handlers. */
import type { Dialect } from '../dialect.ts';
import type { Exchange, HttpMessage, Services } from '../exchange.ts';
import { CODE, Refusal } from '../failure.ts';
import { getHeader } from '../headers.ts';
import { buildResultReply, markAsPoll, type Reply } from '../rpc.ts';
import { decodeStreamCursor } from './cursor.ts';
import { handleResponse } from './handle-response.ts';
import { handleTasksCancel, handleTasksGet, handleTasksList } from './tasks.ts';
import { handleTasksResult, resumeTasksResult } from './tasks-result.ts';
import { mayHaveTasks } from './version.ts';

/** Claims every request: clients of these revisions need not name theirs. */
export const dialect20251125: Dialect = { claims: () => true, serve, resume: resumeStream, respond: handleResponse };

async function serve(exchange: Exchange, services: Services): Promise<Reply> {
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
      const [{ callInPlace }, { openSession }] = await Promise.all([
        import('./call-in-place.ts'),
        import('./session.ts'),
      ]);
      return callInPlace(exchange, await openSession(exchange, services), services);
    }
    case 'tasks/get':
      if (withTasks) return markAsPoll(buildResultReply(request.id, await handleTasksGet(exchange, services)));
      break;
    case 'tasks/result':
      if (withTasks) return markAsPoll(await handleTasksResult(exchange, services));
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
 * Serve a GET: a client resumes a stream that was closed. There are no other streams, and a client that has its answer
 * has nothing to resume.
 *
 * @throws Refusal 405
 */
async function resumeStream(message: HttpMessage, services: Services): Promise<Reply> {
  const eventId = getHeader(message.headers, 'Last-Event-ID');
  const cursor = eventId === undefined ? undefined : decodeStreamCursor(eventId);
  if (!cursor || cursor.done) throw new Refusal(405, CODE.transport, 'Method not allowed: POST a JSON-RPC message.');
  if (cursor.of === 'task') return resumeTasksResult(message, cursor, services);
  const { resumeCall } = await import('./resume-call.ts');
  return resumeCall(message, cursor, services);
}
