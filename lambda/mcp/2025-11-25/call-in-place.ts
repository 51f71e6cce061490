/**
 * A call in place: the official SDK runs the handler. If the handler returns `inputRequired(…)`, its questions are sent
 * to the client on a stream, and it runs again with the answers on whichever instance the client comes back to.
 */
import type { AnsweredCall, CallQuestions } from '../../engine/api/waiting-calls.ts';
import type { Outcome, Questions, RpcError } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import { MODEL_TOOL_NAMES } from '../../tool/model-tool-names.ts';
import type { Exchange, HttpMessage, InputRequests, InputRound, Services } from '../exchange.ts';
import { CODE } from '../failure.ts';
import { getOwn, isObject, type JsonObject, markAsPoll, type Reply, type RpcId, type RpcRequest } from '../rpc.ts';
import { parseReplyMessages } from './reply-messages.ts';
import type { ClientProfile } from './session.ts';
import { continueStream, openStream } from './stream.ts';

/** The stored state of a call while its client answers the handler's questions. */
export interface HandlerState {
  readonly via: 'handler';
  readonly method: string;
  readonly params?: JsonObject;
  readonly requestState?: string;
}

export async function callInPlace(exchange: Exchange, profile: ClientProfile, services: Services): Promise<Reply> {
  const { request, caller } = exchange;
  const { reply, asked } = await runHandler(exchange, { canAsk: profile.can }, services);
  if (!asked) return reply;
  const cursor = openStream(exchange, request.id, { of: 'call', id: '' }, services);
  const waiting = await services.engine.waitingCalls.wait(caller, {
    ...toCallQuestions(request, asked),
    name: request.method,
    capabilities: profile.can,
    stream: cursor.stream,
  });
  const before = readNotifications(reply, request.id);
  const streamed = continueStream({ ...cursor, id: waiting.id }, { ...waiting, before });
  return reply.poll ? markAsPoll(streamed) : streamed;
}

/** The end of one run of a call, with the notifications to send first. */
export type CallEnd = { readonly before: readonly JsonObject[] } & (
  | { readonly outcome: Outcome }
  | { readonly asked: CallQuestions }
);

/** Run the handler again, with the client's answers. */
export async function continueInPlace(
  message: HttpMessage,
  requestId: RpcId,
  profile: ClientProfile,
  { method, params, requestState }: HandlerState,
  { questions }: Pick<AnsweredCall, 'questions'>,
  services: Services,
): Promise<CallEnd> {
  const call = { method, ...(params && { params }) };
  const refusal = (await acceptsErrorAnswers(call, services)) ? undefined : findErrorAnswer(questions);
  if (refusal !== undefined) return { before: [], outcome: toInputFailure(method, refusal) };
  const { reply, asked } = await runHandler(
    { ...message, headers: toPostHeaders(message.headers), body: { jsonrpc: '2.0', id: requestId, ...call } },
    {
      canAsk: profile.can,
      inputResponses: toInputResponses(questions),
      ...(requestState !== undefined && { requestState }),
    },
    services,
  );
  const before = readNotifications(reply, requestId);
  if (asked) return { before, asked: toCallQuestions(call, asked) };
  return { before, outcome: readOutcome(reply, requestId) };
}

/** @returns the SDK's reply, which is meaningless if the handler asked */
async function runHandler(
  message: HttpMessage,
  input: Omit<InputRound, 'onAsk'>,
  services: Services,
): Promise<{ readonly reply: Reply; readonly asked?: InputRequests }> {
  const asked: InputRequests[] = [];
  const round: InputRound = { ...input, onAsk: (requests) => asked.push(requests) };
  const reply = await (await services.loadSdk()).serve({ ...message, round });
  const last = asked.at(-1);
  return { reply, ...(last && { asked: last }) };
}

const toInputResponses = (questions: Questions): JsonObject =>
  Object.fromEntries(
    Object.entries(questions).map(([key, { answer }]) => [
      key,
      answer && 'result' in answer ? answer.result : { error: answer?.error },
    ]),
  );

function readOutcome(reply: Reply, requestId: RpcId): Outcome {
  const response = parseReplyMessages(reply).find((message) => message.id === requestId);
  const result = getOwn(response, 'result');
  if (isObject(result)) return { result };
  return { error: (getOwn(response, 'error') as RpcError | undefined) ?? NO_RESPONSE };
}

const NO_RESPONSE: RpcError = { code: CODE.internalError, message: 'The call ended without a response.' };

const toCallQuestions = (
  { method, params }: Pick<RpcRequest, 'method' | 'params'>,
  { inputRequests, requestState }: InputRequests,
): CallQuestions => ({
  questions: inputRequests,
  state: JSON.stringify({ via: 'handler', method, params, requestState } satisfies Record<keyof HandlerState, unknown>),
});

/** Our own tools accept a client's error as an answer: to a form it is a `cancel`. */
async function acceptsErrorAnswers(
  { method, params }: Pick<RpcRequest, 'method' | 'params'>,
  { server }: Services,
): Promise<boolean> {
  if (method !== 'tools/call') return false;
  const name = String(getOwn(params, 'name'));
  return MODEL_TOOL_NAMES.includes(name) || (await server.load()).tools.has(name);
}

/** An error as an answer ends the call of any other tool, as it does on the SDK's own streams. */
function findErrorAnswer(questions: Questions): string | undefined {
  for (const { answer } of Object.values(questions)) if (answer && 'error' in answer) return answer.error.message;
  return undefined;
}

function toInputFailure(method: string, reason: string): Outcome {
  const message = `The client did not give the requested input: ${reason}`;
  return method === 'tools/call' ? { result: toolError(message) } : { error: { code: CODE.internalError, message } };
}

const readNotifications = (reply: Reply, requestId: RpcId): JsonObject[] =>
  parseReplyMessages(reply).filter(
    (message) => getOwn(message, 'id') !== requestId && typeof getOwn(message, 'method') === 'string',
  );

/** The headers of a GET that resumes a stream, as the POST of the call itself would have them. */
const toPostHeaders = (headers: HttpMessage['headers']): HttpMessage['headers'] =>
  new Map([...headers, ['content-type', 'application/json'], ['accept', 'application/json, text/event-stream']]);
