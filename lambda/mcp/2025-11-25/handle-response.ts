/** A client's response to a question, POSTed to whichever instance it reaches. */
import { TaskNotFound } from '../../engine/errors.ts';
import type { Answer, RpcError } from '../../tasks/record.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import { CODE, Refusal } from '../failure.ts';
import { getOwn, isObject, type JsonObject, type Reply } from '../rpc.ts';
import { decodeQuestionId } from './question-id.ts';

const ACCEPTED: Reply = { status: 202, headers: {} };

/**
 * The answer is recorded once; a repeated one is accepted and changes nothing.
 * @param response framed as a JSON-RPC response
 * @throws Refusal 400 for a response to a question that this caller was never asked
 */
export async function handleResponse(message: HttpMessage, response: JsonObject, services: Services): Promise<Reply> {
  const question = decodeQuestionId(getOwn(response, 'id'));
  if (!question) {
    // The SDK refuses it for any other defect that it has.
    const reply = await (await services.loadSdk()).serve(message);
    if (reply.status >= 400) return reply;
    throw refuseUnasked();
  }
  try {
    const { caller, deadline } = message;
    const verdict = await services.engine.submitAnswer(caller, question, toAnswer(response), deadline);
    if (verdict === 'unknown') throw refuseUnasked();
    return ACCEPTED;
  } catch (error) {
    throw error instanceof TaskNotFound ? refuseUnasked() : error;
  }
}

/** A JSON-RPC error is an answer too: it is how a client declines sampling. */
function toAnswer(response: JsonObject): Answer {
  const result = getOwn(response, 'result');
  return isObject(result) ? { result } : { error: getOwn(response, 'error') as RpcError };
}

const refuseUnasked = (): Refusal =>
  new Refusal(400, CODE.invalidRequest, 'This response belongs to no request of this server.');
