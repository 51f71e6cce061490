/** A client's response to a question: POSTed to whichever instance it reaches. */
import { TaskNotFound } from '../../engine/errors.ts';
import type { Answer, RpcError } from '../../tasks/record.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import { CODE, Refusal } from '../failure.ts';
import { isObject, type JsonObject, own, type Reply } from '../rpc.ts';
import { questionOf } from './question-id.ts';

const ACCEPTED: Reply = { status: 202, headers: {} };

/**
 * Recorded once; whatever comes again is accepted and changes nothing.
 * @param response framed as a JSON-RPC response
 * @throws Refusal 400 for a response to what this caller was never asked
 */
export async function respond(message: HttpMessage, response: JsonObject, services: Services): Promise<Reply> {
  const question = questionOf(own(response, 'id'));
  if (!question) {
    // Whatever else is wrong with it is the SDK's to say.
    const reply = await (await services.sdk()).serve(message);
    if (reply.status >= 400) return reply;
    throw unasked();
  }
  try {
    const { caller, deadline } = message;
    const was = await services.engine.reply(caller, question, answerOf(response), deadline);
    if (was === 'unknown') throw unasked();
    return ACCEPTED;
  } catch (error) {
    throw error instanceof TaskNotFound ? unasked() : error;
  }
}

/** A JSON-RPC error answers too: that is how a client says no to sampling. */
function answerOf(response: JsonObject): Answer {
  const result = own(response, 'result');
  return isObject(result) ? { result } : { error: own(response, 'error') as RpcError };
}

const unasked = (): Refusal => new Refusal(400, CODE.invalidRequest, 'This response is to no request of this server.');
