/**
 * A call in place: the official SDK runs the handler. One that returns `inputRequired(…)` has its questions sent
 * to the client on a stream, and runs again with the answers on whichever instance the client comes back to.
 */
import type { Asked, TakenCall } from '../../engine/api/waiting-calls.ts';
import type { Outcome, Questions } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import { FOLLOW_UP_TOOLS } from '../../tool/follow-up.ts';
import type { AskedInput, Exchange, HttpMessage, InputRound, Services } from '../exchange.ts';
import { CODE } from '../failure.ts';
import { type JsonObject, own, type Reply, type RpcId, type RpcRequest } from '../rpc.ts';
import type { Profile } from './session.ts';
import { messagesIn } from './sse.ts';
import { continued, openStream } from './stream.ts';

/** What such a call is kept with while its client answers. */
export interface KeptCall {
  readonly via: 'handler';
  readonly method: string;
  readonly params?: JsonObject;
  readonly requestState?: string;
}

export async function callInPlace(exchange: Exchange, profile: Profile, services: Services): Promise<Reply> {
  const { request, caller } = exchange;
  let asked: AskedInput | undefined;
  const round: InputRound = {
    can: profile.can,
    onAsk: (input) => {
      asked = input;
    },
  };
  const reply = await (await services.sdk()).serve({ ...exchange, round });
  if (!asked) return reply;
  const cursor = openStream(exchange, request.id, { of: 'call', id: '' }, services);
  const look = await services.engine.calls.wait(caller, {
    ...askedOf(request, asked),
    name: request.method,
    capabilities: profile.can,
    stream: cursor.stream,
  });
  return continued({ ...cursor, id: look.id }, { ...look, before: notificationsIn(reply, request.id) });
}

/** How far a call got in one run. */
export type CallEnd = { readonly before: readonly JsonObject[] } & (
  | { readonly outcome: Outcome }
  | { readonly asked: Asked }
);

/** Run the handler again, with what the client answered. */
export async function goOnInPlace(
  message: HttpMessage,
  requestId: RpcId,
  profile: Profile,
  kept: KeptCall,
  { questions }: Pick<TakenCall, 'questions'>,
  services: Services,
): Promise<CallEnd> {
  const { via: _, requestState, ...call } = kept;
  const refusal = (await takesRefusals(call, services)) ? undefined : refusalIn(questions);
  if (refusal !== undefined) return { before: [], outcome: failed(call.method, refusal) };
  let asked: AskedInput | undefined;
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
  const reply = await (await services.sdk()).serve({ ...message, headers: asPost(message.headers), body, round });
  const before = notificationsIn(reply, requestId);
  if (asked) return { before, asked: askedOf(call, asked) };
  const response = messagesIn(reply).find((one) => one.id === requestId) ?? {};
  const { result, error } = response as { result?: Record<string, unknown>; error?: never };
  return { before, outcome: result ? { result } : { error: error ?? NO_ANSWER } };
}

const NO_ANSWER = { code: CODE.internalError, message: 'The call ended without an answer.' };

const askedOf = (
  { method, params }: Pick<RpcRequest, 'method' | 'params'>,
  { inputRequests, requestState }: AskedInput,
): Asked => ({
  questions: inputRequests,
  state: JSON.stringify({ via: 'handler', method, params, requestState } satisfies Record<keyof KeptCall, unknown>),
});

/** Our own tools take a client's error for an answer: to a form it is a `cancel`. */
async function takesRefusals({ method, params }: Pick<KeptCall, 'method' | 'params'>, { server }: Services) {
  if (method !== 'tools/call') return false;
  const name = String(own(params, 'name'));
  return FOLLOW_UP_TOOLS.some((one) => one === name) || (await server.load()).tools.has(name);
}

/** A client that answers with an error ends the call of any other tool, as it does on the SDK's own streams. */
function refusalIn(questions: Questions): string | undefined {
  for (const { answer } of Object.values(questions)) if (answer && 'error' in answer) return answer.error.message;
  return undefined;
}

function failed(method: string, why: string): Outcome {
  const message = `The client did not give the input that was asked for: ${why}`;
  return method === 'tools/call' ? { result: toolError(message) } : { error: { code: CODE.internalError, message } };
}

const notificationsIn = (reply: Reply, request: RpcId): JsonObject[] =>
  messagesIn(reply).filter((message) => own(message, 'id') !== request && typeof own(message, 'method') === 'string');

/** The headers of the request that resumes a stream, as if it were the call itself. */
const asPost = (headers: HttpMessage['headers']): HttpMessage['headers'] =>
  new Map([...headers, ['content-type', 'application/json'], ['accept', 'application/json, text/event-stream']]);
