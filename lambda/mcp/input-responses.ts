/** `inputResponses`: a client's answers, on `tasks/update` and on a retried `tools/call`. */
import type { Answer } from '../tasks/record.ts';
import { refuseParams } from './failure.ts';
import { isObject, type JsonObject } from './rpc.ts';

/**
 * Answers by key. An entry is the bare result (`ElicitResult`, `CreateMessageResult`, `ListRootsResult`). One that
 * holds only a JSON-RPC error is the client's refusal, which answers the question as well.
 *
 * @throws Refusal -32602 when it or an entry is not an object (SEP-2322, Error Handling)
 */
export function parseInputResponses(inputResponses: unknown): Readonly<Record<string, Answer>> {
  if (!isObject(inputResponses)) throw refuseParams('"inputResponses" must be an object with one response per key.');
  // Without a prototype, a key such as `__proto__` is a key like any other.
  const answers: Record<string, Answer> = Object.create(null);
  for (const [key, response] of Object.entries(inputResponses)) {
    if (!isObject(response))
      throw refuseParams(`inputResponses: the response to ${JSON.stringify(key.slice(0, 64))} must be an object.`);
    answers[key] = parseInputResponse(response);
  }
  return answers;
}

function parseInputResponse(response: JsonObject): Answer {
  const { error } = response;
  if (
    Object.keys(response).length === 1 &&
    isObject(error) &&
    Number.isSafeInteger(error.code) &&
    typeof error.message === 'string'
  )
    return {
      error: {
        code: error.code as number,
        message: error.message,
        ...(error.data !== undefined && { data: error.data }),
      },
    };
  return { result: response };
}
