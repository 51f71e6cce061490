/** A client comes back to the stream of a call in place that asked. */

import type { TakenCall } from '../../engine/api/waiting-calls.ts';
import { TaskNotFound } from '../../engine/errors.ts';
import { tell } from '../errors.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import type { Reply } from '../rpc.ts';
import { type CallEnd, goOnInPlace, type KeptCall } from './call.ts';
import type { Cursor } from './cursor.ts';
import { goOnPreparing, type KeptPrepare } from './prepare.ts';
import { openSession } from './session.ts';
import { errorResponse, responseOf } from './shapes.ts';
import { concernOf, continued, ended, goneWith } from './stream.ts';

export async function resumeCall(message: HttpMessage, cursor: Cursor, services: Services): Promise<Reply> {
  const { caller, deadline } = message;
  const concern = concernOf(cursor, message, services);
  try {
    const state = await services.engine.calls.resume(
      { caller, id: cursor.id, stream: cursor.stream, concern },
      deadline,
    );
    if (state.is === 'waiting') return continued(cursor, state);
    if (state.is === 'ended') return ended(cursor, responseOf(cursor.request, state.outcome));
    const end = await goOn(message, cursor, state.call, services);
    if ('asked' in end) return continued(cursor, { ...(await state.call.askAgain(end.asked)), before: end.before });
    await state.call.end(end.outcome);
    return ended(cursor, responseOf(cursor.request, end.outcome), end.before);
  } catch (error) {
    if (!(error instanceof TaskNotFound)) throw error;
    return goneWith(errorResponse(cursor.request, tell(error).error));
  }
}

async function goOn(message: HttpMessage, cursor: Cursor, call: TakenCall, services: Services): Promise<CallEnd> {
  const profile = await openSession(message, services);
  const kept = JSON.parse(call.state) as KeptCall | KeptPrepare;
  return kept.via === 'prepare'
    ? goOnPreparing(message, profile, kept, call, services)
    : goOnInPlace(message, cursor.request, profile, kept, call, services);
}
