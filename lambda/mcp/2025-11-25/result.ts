/** `tasks/result`: it blocks until there is an outcome, over as many requests as that takes. */

import type { FollowedTask } from '../../engine/api/follow.ts';
import { TaskNotFound } from '../../engine/errors.ts';
import { toErrorReply } from '../errors.ts';
import type { Exchange, HttpMessage, Services } from '../exchange.ts';
import { buildErrorReply, buildResultReply, type JsonObject, type Reply } from '../rpc.ts';
import type { StreamCursor } from './cursor.ts';
import { openSession } from './session.ts';
import { buildErrorResponse, buildOutcomeResponse, buildProgressNotification, toTasksResultOutcome } from './shapes.ts';
import { continueStream, createReaderResolver, endStream, failStream, openStream } from './stream.ts';
import { requireTaskId } from './tasks.ts';

/** An outcome that is known already is answered at once; otherwise a stream begins, and ends until it is resumed. */
export async function handleTasksResult(exchange: Exchange, services: Services): Promise<Reply> {
  const { request } = exchange;
  const cursor = openStream(exchange, request.id, { of: 'task', id: requireTaskId(request.params) }, services);
  const followed = await followFromCursor(exchange, cursor, services);
  const outcome = toTasksResultOutcome(followed.view);
  if (!outcome) {
    // Questions will come on this stream: a client whose session is over had better know now.
    await openSession(exchange, services);
    return continueTaskStream(cursor, followed);
  }
  return 'result' in outcome
    ? buildResultReply(request.id, outcome.result)
    : buildErrorReply(200, request.id, outcome.error);
}

/** The client comes back to the stream. */
export async function resumeTasksResult(
  message: HttpMessage,
  cursor: StreamCursor,
  services: Services,
): Promise<Reply> {
  try {
    const followed = await followFromCursor(message, cursor, services);
    const outcome = toTasksResultOutcome(followed.view);
    return outcome
      ? endStream(cursor, buildOutcomeResponse(cursor.request, outcome))
      : continueTaskStream(cursor, followed);
  } catch (error) {
    if (!(error instanceof TaskNotFound)) throw error;
    return failStream(buildErrorResponse(cursor.request, toErrorReply(error).error));
  }
}

const followFromCursor = (message: HttpMessage, cursor: StreamCursor, services: Services): Promise<FollowedTask> =>
  services.engine.followTask({
    caller: message.caller,
    id: cursor.id,
    stream: cursor.stream,
    resolveReader: createReaderResolver(cursor, message, services),
  });

function continueTaskStream(cursor: StreamCursor, followed: FollowedTask): Reply {
  const { pollIntervalMs, questions } = followed.view;
  return continueStream(cursor, {
    pollIntervalMs,
    questions,
    ask: followed.ask,
    ...buildProgressMessages(cursor, followed),
  });
}

/**
 * What `task.progress` told since the last look, for a client that asked for it. The numbers are the tool's own;
 * for one that only tells words they are the task's age (s), since they have to increase.
 */
function buildProgressMessages(
  cursor: StreamCursor,
  { view, progressToken }: FollowedTask,
): { before?: JsonObject[]; progress?: number } {
  const { progress: told, statusMessage: message } = view;
  if (progressToken === undefined || view.status !== 'working' || (!told && message === undefined)) return {};
  const progress = told?.done ?? (view.lastUpdatedAt - view.createdAt) / 1_000;
  if (progress <= cursor.progress) return {};
  const facts = {
    progress,
    ...(told?.total !== undefined && { total: told.total }),
    ...(message !== undefined && { message }),
  };
  return { before: [buildProgressNotification(view.id, progressToken, facts)], progress };
}
