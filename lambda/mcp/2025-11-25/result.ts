/** `tasks/result`: it blocks until there is an outcome, over as many requests as that takes. */

import type { Followed } from '../../engine/api/follow.ts';
import { TaskNotFound } from '../../engine/errors.ts';
import { tell } from '../errors.ts';
import type { Exchange, HttpMessage, Services } from '../exchange.ts';
import { errorReply, type JsonObject, type Reply, resultReply } from '../rpc.ts';
import type { Cursor } from './cursor.ts';
import { openSession } from './session.ts';
import { errorResponse, progressNotification, responseOf, taskOutcome } from './shapes.ts';
import { concernOf, continued, ended, goneWith, openStream } from './stream.ts';
import { taskIdOf } from './tasks.ts';

/** An outcome that is known already is answered at once; otherwise a stream begins, and ends until it is resumed. */
export async function taskResult(exchange: Exchange, services: Services): Promise<Reply> {
  const { request } = exchange;
  const cursor = openStream(exchange, request.id, { of: 'task', id: taskIdOf(request.params) }, services);
  const followed = await follow(exchange, cursor, services);
  const outcome = taskOutcome(followed.view);
  if (!outcome) {
    // Questions will come on this stream: a client whose session is over had better know now.
    await openSession(exchange, services);
    return continuedWith(cursor, followed);
  }
  return 'result' in outcome ? resultReply(request.id, outcome.result) : errorReply(200, request.id, outcome.error);
}

/** The client comes back to the stream. */
export async function resumeTask(message: HttpMessage, cursor: Cursor, services: Services): Promise<Reply> {
  try {
    const followed = await follow(message, cursor, services);
    const outcome = taskOutcome(followed.view);
    return outcome ? ended(cursor, responseOf(cursor.request, outcome)) : continuedWith(cursor, followed);
  } catch (error) {
    if (!(error instanceof TaskNotFound)) throw error;
    return goneWith(errorResponse(cursor.request, tell(error).error));
  }
}

const follow = (message: HttpMessage, cursor: Cursor, services: Services): Promise<Followed> =>
  services.engine.follow({
    caller: message.caller,
    id: cursor.id,
    stream: cursor.stream,
    concern: concernOf(cursor, message, services),
  });

function continuedWith(cursor: Cursor, followed: Followed): Reply {
  const { pollIntervalMs, questions } = followed.view;
  return continued(cursor, { pollIntervalMs, questions, ask: followed.ask, ...newsOf(cursor, followed) });
}

/**
 * What `task.progress` told since the last look, for a client that asked for it. The numbers are the tool's own;
 * for one that only tells words they are the task's age (s), since they have to increase.
 */
function newsOf(cursor: Cursor, { view, progressToken }: Followed): { before?: JsonObject[]; progress?: number } {
  const { progress: told, statusMessage: message } = view;
  if (progressToken === undefined || view.status !== 'working' || (!told && message === undefined)) return {};
  const progress = told?.done ?? (view.lastUpdatedAt - view.createdAt) / 1_000;
  if (progress <= cursor.progress) return {};
  const facts = {
    progress,
    ...(told?.total !== undefined && { total: told.total }),
    ...(message !== undefined && { message }),
  };
  return { before: [progressNotification(view.id, progressToken, facts)], progress };
}
