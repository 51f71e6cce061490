/** A call that asks for a task: its `prepare` may ask, on a stream of the call itself, before the task exists. */
import type { AnsweredCall, CallQuestions } from '../../engine/api/waiting-calls.ts';
import type { Answer, Outcome, Questions, RpcError } from '../../tasks/record.ts';
import type { RunHistory } from '../../tool/history.ts';
import { validateArguments } from '../../tool/validate.ts';
import { advanceCall, type CallStep, toCallOptions } from '../call/machine.ts';
import type { CallState, ResumedCall } from '../call/state.ts';
import { toErrorReply } from '../errors.ts';
import type { Exchange, HttpMessage, Services } from '../exchange.ts';
import { CODE } from '../failure.ts';
import { toInputRequests } from '../input-requests.ts';
import { buildErrorReply, buildResultReply, getOwn, type JsonObject, type Reply } from '../rpc.ts';
import type { CallEnd } from './call-in-place.ts';
import type { ClientProfile } from './session.ts';
import { readTtl, startTaskForCall, type TaskCall } from './start-task.ts';
import { continueStream, openStream } from './stream.ts';
import { REVISION_2025_11_25 } from './version.ts';

/** The stored state of a call while its client answers the questions of `prepare`. */
export interface PrepareState {
  readonly via: 'prepare';
  /** The call's id, the same over all rounds. */
  readonly call: string;
  readonly params: JsonObject;
  readonly history: RunHistory;
}

/** The first round. @param args validated */
export async function callAsTask(
  exchange: Exchange,
  call: TaskCall,
  args: unknown,
  services: Services,
): Promise<Reply> {
  const { request, caller } = exchange;
  const step = await advanceTaskCall(exchange, call, args, services);
  if (step.is === 'start')
    return buildResultReply(request.id, await startTaskForCall(exchange, request, call, step.args, services));
  if (step.is === 'outcome') return buildErrorReply(200, request.id, toCallError(step.outcome));
  const cursor = openStream(exchange, request.id, { of: 'call', id: '' }, services);
  const waiting = await services.engine.waitingCalls.wait(caller, {
    ...toCallQuestions(request.params ?? {}, step.questions, step.state),
    name: call.tool.name,
    capabilities: call.profile.can,
    stream: cursor.stream,
  });
  return continueStream({ ...cursor, id: waiting.id }, waiting);
}

/** Another round, with the client's answers. */
export async function continueTaskCall(
  message: HttpMessage,
  profile: ClientProfile,
  { call: id, params, history }: PrepareState,
  { questions }: Pick<AnsweredCall, 'questions'>,
  services: Services,
): Promise<CallEnd> {
  const tool = (await services.server.load()).tools.get(String(getOwn(params, 'name')));
  const validated = tool && (await validateArguments(tool, getOwn(params, 'arguments')));
  if (!tool || !validated?.ok) return { before: [], outcome: { error: TOOL_CHANGED } };
  const ttl = readTtl({ params });
  const call: TaskCall = { tool, profile, ...(ttl !== undefined && { ttl }) };
  const resumed: ResumedCall = { state: { id, phase: 'prepare', history }, answers: readAnswers(questions) };
  const step = await advanceTaskCall(message, call, validated.value, services, resumed);
  if (step.is === 'asks') return { before: [], asked: toCallQuestions(params, step.questions, step.state) };
  if (step.is === 'outcome') return { before: [], outcome: { error: toCallError(step.outcome) } };
  return { before: [], outcome: await startOrFail(message, params, call, step.args, services) };
}

const TOOL_CHANGED: RpcError = {
  code: CODE.invalidParams,
  message: 'The tool has changed while its questions were answered: call it again.',
};

const advanceTaskCall = (
  message: HttpMessage,
  { tool, profile }: TaskCall,
  args: unknown,
  services: Services,
  resumed?: ResumedCall,
): Promise<CallStep> =>
  advanceCall({
    ...toCallOptions(message, services),
    tool,
    args,
    era: REVISION_2025_11_25,
    canAsk: profile.can,
    tasks: 'requested',
    ...(resumed && { resumed }),
  });

const toCallQuestions = (params: JsonObject, questions: Questions, { id, history }: CallState): CallQuestions => ({
  state: JSON.stringify({ via: 'prepare', call: id, params, history } satisfies PrepareState),
  questions: toInputRequests(questions),
});

function readAnswers(questions: Questions): Readonly<Record<string, Answer>> {
  const answers: Record<string, Answer> = {};
  for (const [key, { answer }] of Object.entries(questions)) if (answer) answers[key] = answer;
  return answers;
}

/** A refusal ends the waiting call; a fault of the server does not, so that the client can try again. */
async function startOrFail(
  message: HttpMessage,
  params: JsonObject,
  call: TaskCall,
  args: unknown,
  services: Services,
): Promise<Outcome> {
  try {
    return { result: await startTaskForCall(message, { params }, call, args, services) };
  } catch (thrown) {
    const { error, fault } = toErrorReply(thrown);
    if (fault) throw thrown;
    return { error };
  }
}

/** The reason why no task was created: a call that asked for one cannot be answered with a tool's result. */
const toCallError = (outcome: Outcome): RpcError =>
  'error' in outcome ? outcome.error : { code: CODE.invalidParams, message: readFirstText(outcome.result) };

function readFirstText(result: { readonly content?: unknown }): string {
  const [first] = (Array.isArray(result.content) ? result.content : []) as { text?: unknown }[];
  return typeof first?.text === 'string' ? first.text : 'The tool refused the call.';
}
