/** A client resumes the stream of a call in place that asked. */
import type { AnsweredCall } from '../../engine/api/waiting-calls.ts';
import { TaskNotFound } from '../../engine/errors.ts';
import { toErrorReply } from '../errors.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import type { Reply } from '../rpc.ts';
import { continueTaskCall, type PrepareState } from './call-as-task.ts';
import { type CallEnd, continueInPlace, type HandlerState } from './call-in-place.ts';
import type { StreamCursor } from './cursor.ts';
import { type ClientProfile, createSessionOpener } from './session.ts';
import { buildErrorResponse, buildOutcomeResponse } from './shapes.ts';
import { continueStream, endStream, failStream, toStreamReader } from './stream.ts';

export async function resumeCall(message: HttpMessage, cursor: StreamCursor, services: Services): Promise<Reply> {
  const { caller, deadline } = message;
  const openSession = createSessionOpener(message, services);
  try {
    const found = await services.engine.waitingCalls.resume(
      { caller, id: cursor.id, stream: cursor.stream, reader: toStreamReader(cursor, openSession) },
      deadline,
    );
    if (found.is === 'waiting') return continueStream(cursor, found);
    if (found.is === 'ended') return endStream(cursor, buildOutcomeResponse(cursor.request, found.outcome));
    const end = await continueCall(message, cursor, await openSession(), found.call, services);
    if ('asked' in end)
      return continueStream(cursor, { ...(await found.call.askAgain(end.asked)), before: end.before });
    await found.call.end(end.outcome);
    return endStream(cursor, buildOutcomeResponse(cursor.request, end.outcome), end.before);
  } catch (error) {
    if (!(error instanceof TaskNotFound)) throw error;
    return failStream(buildErrorResponse(cursor.request, toErrorReply(error).error));
  }
}

function continueCall(
  message: HttpMessage,
  cursor: StreamCursor,
  profile: ClientProfile,
  call: AnsweredCall,
  services: Services,
): Promise<CallEnd> {
  const state = JSON.parse(call.state) as HandlerState | PrepareState;
  return state.via === 'prepare'
    ? continueTaskCall(message, profile, state, call, services)
    : continueInPlace(message, cursor.request, profile, state, call, services);
}
