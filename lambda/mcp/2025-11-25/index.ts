/** MCP 2025-11-25 with its core tasks, and the revisions before it: which request is served how. */
import { hasEnvelope } from '../2026-07-28/envelope.ts';
import { headerOf } from '../2026-07-28/headers.ts';
import type { Exchange, HttpMessage, Services } from '../exchange.ts';
import { CODE, Refusal } from '../failure.ts';
import { type Reply, resultReply } from '../rpc.ts';
import { cursorOf } from './cursor.ts';
import { resumeTask, taskResult } from './result.ts';
import { cancelTask, getTask, listTasks } from './tasks.ts';
import { mayHaveTasks, versionOf } from './version.ts';

export { respond } from './respond.ts';

/** Serve a request of a revision with a handshake. @throws what `errors.ts` translates */
export async function serve(exchange: Exchange, services: Services): Promise<Reply> {
  const { request, headers, caller } = exchange;
  const withTasks = mayHaveTasks(headers);
  switch (request.method) {
    case 'initialize': {
      const { initialize } = await import('./initialize.ts');
      return initialize(exchange, services);
    }
    case 'tools/call': {
      const { callTool } = await import('./tools-call.ts');
      return callTool(exchange, services);
    }
    case 'prompts/get':
    case 'resources/read': {
      const [{ callInPlace }, { openSession }] = await Promise.all([import('./call.ts'), import('./session.ts')]);
      return callInPlace(exchange, await openSession(exchange, services), services);
    }
    case 'tasks/get':
      if (withTasks) return resultReply(request.id, await getTask(exchange, services));
      break;
    case 'tasks/result':
      if (withTasks) return taskResult(exchange, services);
      break;
    case 'tasks/cancel':
      if (withTasks) return resultReply(request.id, await cancelTask(exchange, services));
      break;
    case 'tasks/list':
      if (withTasks && caller.owner !== undefined) return resultReply(request.id, await listTasks(exchange, services));
      break;
  }
  return (await services.sdk()).serve(exchange);
}

/**
 * Serve a GET: a client comes back to a stream that was ended. There are no others, and a client that has been
 * given its answer has nothing to come back for.
 *
 * @throws Refusal 405
 */
export async function resume(message: HttpMessage, services: Services): Promise<Reply> {
  const eventId = headerOf(message.headers, 'Last-Event-ID');
  const version = versionOf(message.headers);
  const isModern = version !== undefined && hasEnvelope(version);
  const cursor = eventId === undefined || isModern ? undefined : cursorOf(eventId);
  if (!cursor || cursor.done) throw new Refusal(405, CODE.transport, 'Method not allowed: POST a JSON-RPC message.');
  if (cursor.of === 'task') return resumeTask(message, cursor, services);
  const { resumeCall } = await import('./resume-call.ts');
  return resumeCall(message, cursor, services);
}
