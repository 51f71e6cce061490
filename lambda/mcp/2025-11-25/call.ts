/**
 * A call in place: the official SDK runs the handler. One that returns `inputRequired(…)` has its questions sent
 * to the client on a stream, and runs again with the answers on whichever instance the client comes back to.
 */
import type { AnsweredCall, CallQuestions } from '../../engine/api/waiting-calls.ts';
import type { Outcome, Questions } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import { MODEL_TOOL_NAMES } from '../../tool/follow-up.ts';
import type { Exchange, HttpMessage, InputRequests, InputRound, Services } from '../exchange.ts';
import { CODE } from '../failure.ts';
import { getOwn, type JsonObject, type Reply, type RpcId, type RpcRequest } from '../rpc.ts';
import type { ClientProfile } from './session.ts';
import { parseReplyMessages } from './sse.ts';
import { continueStream, openStream } from './stream.ts';

/** What such a call is kept with while its client answers. */
export interface HandlerState {
  readonly via: 'handler';
  readonly method: string;
  readonly params?: JsonObject;
  readonly requestState?: string;
}

export async function callInPlace(exchange: Exchange, profile: ClientProfile, services: Services): Promise<Reply> {
  const { request, caller } = exchange;
  let asked: InputRequests | undefined;
  const round: InputRound = {
    can: profile.can,
    onAsk: (input) => {
      asked = input;
    },
  };
  const reply = await (await services.loadSdk()).serve({ ...exchange, round });
  if (!asked) return reply;
  const cursor = openStream(exchange, request.id, { of: 'call', id: '' }, services);
  const look = await services.engine.waitingCalls.wait(caller, {
    ...toWaitingHandler(request, asked),
    name: request.method,
    capabilities: profile.can,
    stream: cursor.stream,
  });
  return continueStream({ ...cursor, id: look.id }, { ...look, before: readNotifications(reply, request.id) });
}

/** How far a call got in one run. */
export type CallEnd = { readonly before: readonly JsonObject[] } & (
  | { readonly outcome: Outcome }
  | { readonly asked: CallQuestions }
);

/** Run the handler again, with what the client answered. */
export async function continueInPlace(
  message: HttpMessage,
  requestId: RpcId,
  profile: ClientProfile,
  kept: HandlerState,
  { questions }: Pick<AnsweredCall, 'questions'>,
  services: Services,
): Promise<CallEnd> {
  const { via: _, requestState, ...call } = kept;
  const refusal = (await acceptsErrorAnswers(call, services)) ? undefined : findErrorAnswer(questions);
  if (refusal !== undefined) return { before: [], outcome: toInputFailure(call.method, refusal) };
  let asked: InputRequests | undefined;
  const round: InputRound = {
    can: profile.can,
    inputResponses: Object.fromEntries(
      Object.entries(questions).map(([key, { answer }]) => [
        key,
        answer && 'result' in answer ? answer.result : { error: answer?.error },
      ]),
    ),
    ...(requestState !== undefined && { requestState }),
    onAsk: (input) => {
      asked = input;
    },
  };
  const body = { jsonrpc: '2.0', id: requestId, ...call };
  const reply = await (await services.loadSdk()).serve({
    ...message,
    headers: toPostHeaders(message.headers),
    body,
    round,
  });
  const before = readNotifications(reply, requestId);
  if (asked) return { before, asked: toWaitingHandler(call, asked) };
  const response = parseReplyMessages(reply).find((one) => one.id === requestId) ?? {};
  const { result, error } = response as { result?: Record<string, unknown>; error?: never };
  return { before, outcome: result ? { result } : { error: error ?? NO_RESPONSE } };
}

const NO_RESPONSE = { code: CODE.internalError, message: 'The call ended without an answer.' };

const toWaitingHandler = (
  { method, params }: Pick<RpcRequest, 'method' | 'params'>,
  { inputRequests, requestState }: InputRequests,
): CallQuestions => ({
  questions: inputRequests,
  state: JSON.stringify({ via: 'handler', method, params, requestState } satisfies Record<keyof HandlerState, unknown>),
});

/** Our own tools take a client's error for an answer: to a form it is a `cancel`. */
async function acceptsErrorAnswers({ method, params }: Pick<HandlerState, 'method' | 'params'>, { server }: Services) {
  if (method !== 'tools/call') return false;
  const name = String(getOwn(params, 'name'));
  return MODEL_TOOL_NAMES.some((one) => one === name) || (await server.load()).tools.has(name);
}

/** A client that answers with an error ends the call of any other tool, as it does on the SDK's own streams. */
function findErrorAnswer(questions: Questions): string | undefined {
  for (const { answer } of Object.values(questions)) if (answer && 'error' in answer) return answer.error.message;
  return undefined;
}

function toInputFailure(method: string, why: string): Outcome {
  const message = `The client did not give the input that was asked for: ${why}`;
  return method === 'tools/call' ? { result: toolError(message) } : { error: { code: CODE.internalError, message } };
}

const readNotifications = (reply: Reply, request: RpcId): JsonObject[] =>
  parseReplyMessages(reply).filter(
    (message) => getOwn(message, 'id') !== request && typeof getOwn(message, 'method') === 'string',
  );

/** The headers of the request that resumes a stream, as if it were the call itself. */
const toPostHeaders = (headers: HttpMessage['headers']): HttpMessage['headers'] =>
  new Map([...headers, ['content-type', 'application/json'], ['accept', 'application/json, text/event-stream']]);
