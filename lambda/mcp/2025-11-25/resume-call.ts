/** A client comes back to the stream of a call in place that asked. */

import type { AnsweredCall } from '../../engine/api/waiting-calls.ts';
import { TaskNotFound } from '../../engine/errors.ts';
import { toErrorReply } from '../errors.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import type { Reply } from '../rpc.ts';
import { type CallEnd, continueInPlace, type HandlerState } from './call.ts';
import type { StreamCursor } from './cursor.ts';
import { continuePrepare, type PrepareState } from './prepare.ts';
import { openSession } from './session.ts';
import { buildErrorResponse, buildOutcomeResponse } from './shapes.ts';
import { continueStream, createReaderResolver, endStream, failStream } from './stream.ts';

export async function resumeCall(message: HttpMessage, cursor: StreamCursor, services: Services): Promise<Reply> {
  const { caller, deadline } = message;
  const concern = createReaderResolver(cursor, message, services);
  try {
    const state = await services.engine.waitingCalls.resume(
      { caller, id: cursor.id, stream: cursor.stream, resolveReader: concern },
      deadline,
    );
    if (state.is === 'waiting') return continueStream(cursor, state);
    if (state.is === 'ended') return endStream(cursor, buildOutcomeResponse(cursor.request, state.outcome));
    const end = await continueCall(message, cursor, state.call, services);
    if ('asked' in end)
      return continueStream(cursor, { ...(await state.call.askAgain(end.asked)), before: end.before });
    await state.call.end(end.outcome);
    return endStream(cursor, buildOutcomeResponse(cursor.request, end.outcome), end.before);
  } catch (error) {
    if (!(error instanceof TaskNotFound)) throw error;
    return failStream(buildErrorResponse(cursor.request, toErrorReply(error).error));
  }
}

async function continueCall(
  message: HttpMessage,
  cursor: StreamCursor,
  call: AnsweredCall,
  services: Services,
): Promise<CallEnd> {
  const profile = await openSession(message, services);
  const kept = JSON.parse(call.state) as HandlerState | PrepareState;
  return kept.via === 'prepare'
    ? continuePrepare(message, profile, kept, call, services)
    : continueInPlace(message, cursor.request, profile, kept, call, services);
}
