/** `tasks/result`: it blocks until there is an outcome, over as many requests as that takes. */
import type { FollowedTask } from '../../engine/api/follow.ts';
import { TaskNotFound } from '../../engine/errors.ts';
import { toErrorReply } from '../errors.ts';
import type { Exchange, HttpMessage, Services } from '../exchange.ts';
import { buildErrorReply, buildResultReply, type JsonObject, type Reply } from '../rpc.ts';
import { requireTaskId } from '../task-id.ts';
import type { StreamCursor } from './cursor.ts';
import { type ClientProfile, createSessionOpener } from './session.ts';
import { buildErrorResponse, buildOutcomeResponse, buildProgressNotification, toTasksResultOutcome } from './shapes.ts';
import { continueStream, endStream, failStream, openStream, toStreamReader } from './stream.ts';

/** A known outcome is the reply; otherwise a stream begins, is closed at once, and the client resumes it. */
export async function handleTasksResult(exchange: Exchange, services: Services): Promise<Reply> {
  const { request } = exchange;
  const cursor = openStream(exchange, request.id, { of: 'task', id: requireTaskId(request.params) }, services);
  const openSession = createSessionOpener(exchange, services);
  const followed = await followFromCursor(exchange, cursor, openSession, services);
  const outcome = toTasksResultOutcome(followed.view);
  if (!outcome) {
    // Questions will come on this stream: a client whose session has expired must learn that now.
    await openSession();
    return continueTaskStream(cursor, followed);
  }
  return 'result' in outcome
    ? buildResultReply(request.id, outcome.result)
    : buildErrorReply(200, request.id, outcome.error);
}

/** The client resumes the stream. */
export async function resumeTasksResult(
  message: HttpMessage,
  cursor: StreamCursor,
  services: Services,
): Promise<Reply> {
  try {
    const followed = await followFromCursor(message, cursor, createSessionOpener(message, services), services);
    const outcome = toTasksResultOutcome(followed.view);
    return outcome
      ? endStream(cursor, buildOutcomeResponse(cursor.request, outcome))
      : continueTaskStream(cursor, followed);
  } catch (error) {
    if (!(error instanceof TaskNotFound)) throw error;
    return failStream(buildErrorResponse(cursor.request, toErrorReply(error).error));
  }
}

const followFromCursor = (
  { caller }: HttpMessage,
  cursor: StreamCursor,
  openSession: () => Promise<ClientProfile>,
  { engine }: Services,
): Promise<FollowedTask> =>
  engine.followTask({ caller, id: cursor.id, stream: cursor.stream, reader: toStreamReader(cursor, openSession) });

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
 * What `task.progress` has reported since the last look, for a client that requested it. The numbers are the tool's
 * own; for a tool that reports only messages they are the task's age (s), since they have to increase.
 */
function buildProgressMessages(
  cursor: StreamCursor,
  { view, progressToken }: FollowedTask,
): { before?: JsonObject[]; progress?: number } {
  const { progress: reported, statusMessage: message } = view;
  if (progressToken === undefined || view.status !== 'working' || (!reported && message === undefined)) return {};
  const progress = reported?.done ?? (view.lastUpdatedAt - view.createdAt) / 1_000;
  if (progress <= cursor.progress) return {};
  const notification = buildProgressNotification(view.id, progressToken, {
    progress,
    ...(reported?.total !== undefined && { total: reported.total }),
    ...(message !== undefined && { message }),
  });
  return { before: [notification], progress };
}
