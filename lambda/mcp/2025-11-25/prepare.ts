/** `prepare` of a tool that is called as a task: it may ask, on a stream of the call itself, before the task exists. */
import type { AnsweredCall, CallQuestions } from '../../engine/api/waiting-calls.ts';
import { type Answer, isOutstanding, type Outcome } from '../../tasks/record.ts';
import { type PrepareEnd, type RunHistory, runPrepare } from '../../tool/inline.ts';
import { validateArguments } from '../../tool/validate.ts';
import { addAnswers } from '../2026-07-28/request-state.ts';
import { toErrorReply } from '../errors.ts';
import type { Exchange, HttpMessage, Services } from '../exchange.ts';
import { CODE } from '../failure.ts';
import { toInlineBudgetMs } from '../inline-budget.ts';
import { buildErrorReply, buildResultReply, getOwn, type JsonObject, type Reply } from '../rpc.ts';
import type { CallEnd } from './call.ts';
import type { ClientProfile } from './session.ts';
import { readTtl, startTaskForCall, type TaskCall } from './start-task.ts';
import { continueStream, openStream } from './stream.ts';

/** What a call whose `prepare` asks is kept with while its client answers. */
export interface PrepareState {
  readonly via: 'prepare';
  /** The same over all rounds. */
  readonly call: string;
  readonly params: JsonObject;
  readonly history: RunHistory;
}

const NO_HISTORY: RunHistory = { journal: {}, questions: {} };

/** The first round, in the call itself. */
export async function startPrepare(
  exchange: Exchange,
  call: TaskCall,
  args: unknown,
  services: Services,
): Promise<Reply> {
  const { request, caller } = exchange;
  const id = services.callId();
  const end = await runPrepareRound(exchange, id, call, args, NO_HISTORY, services);
  if (end.end !== 'asks') {
    const outcome = await finishPrepare(exchange, request.params ?? {}, call, end, services);
    return 'result' in outcome
      ? buildResultReply(request.id, outcome.result)
      : buildErrorReply(200, request.id, outcome.error);
  }
  const cursor = openStream(exchange, request.id, { of: 'call', id: '' }, services);
  const look = await services.engine.waitingCalls.wait(caller, {
    ...toWaitingPrepare(id, request.params ?? {}, end.history),
    name: call.tool.name,
    capabilities: call.profile.can,
    stream: cursor.stream,
  });
  return continueStream({ ...cursor, id: look.id }, look);
}

/** Another round, with what the client answered. */
export async function continuePrepare(
  message: HttpMessage,
  profile: ClientProfile,
  kept: PrepareState,
  { questions }: Pick<AnsweredCall, 'questions'>,
  services: Services,
): Promise<CallEnd> {
  const { params } = kept;
  const name = String(getOwn(params, 'name'));
  const tool = (await services.server.load()).tools.get(name);
  const fits = tool && (await validateArguments(tool, getOwn(params, 'arguments')));
  if (!tool || !fits?.ok)
    return { before: [], outcome: { error: { code: CODE.invalidParams, message: TOOL_CHANGED_MESSAGE } } };
  const answers: Record<string, Answer> = {};
  for (const [key, { answer }] of Object.entries(questions)) if (answer) answers[key] = answer;
  const ttl = readTtl({ params });
  const call: TaskCall = { tool, profile, ...(ttl !== undefined && { ttl }) };
  const end = await runPrepareRound(message, kept.call, call, fits.value, addAnswers(kept.history, answers), services);
  if (end.end === 'asks') return { before: [], asked: toWaitingPrepare(kept.call, params, end.history) };
  return { before: [], outcome: await finishPrepare(message, params, call, end, services) };
}

const TOOL_CHANGED_MESSAGE = 'The tool has changed while its questions were answered: call it again.';

const runPrepareRound = (
  { deadline }: HttpMessage,
  id: string,
  { tool, profile }: TaskCall,
  args: unknown,
  history: RunHistory,
  { now }: Services,
): Promise<PrepareEnd> =>
  runPrepare(tool, {
    ...{ id, args, history, era: '2025-11-25', capabilities: profile.can },
    budgetMs: toInlineBudgetMs(deadline, now()),
  });

const toWaitingPrepare = (call: string, params: JsonObject, history: RunHistory): CallQuestions => ({
  state: JSON.stringify({ via: 'prepare', call, params, history } satisfies PrepareState),
  questions: Object.fromEntries(Object.entries(history.questions).filter(([, question]) => isOutstanding(question))),
});

/** A task, or why there is none: a call that asked for a task cannot be answered with a tool's result. */
async function finishPrepare(
  message: HttpMessage,
  params: JsonObject,
  call: TaskCall,
  end: Exclude<PrepareEnd, { readonly end: 'asks' }>,
  services: Services,
): Promise<Outcome> {
  if (end.end === 'ready') {
    try {
      return { result: { ...(await startTaskForCall(message, { params }, call, end.args, services)) } };
    } catch (thrown) {
      const { error, fault } = toErrorReply(thrown);
      if (fault) throw thrown;
      return { error };
    }
  }
  if (end.end === 'refused') return { error: { code: CODE.invalidParams, message: readFirstText(end.result) } };
  if ('error' in end.outcome) return end.outcome;
  return { error: { code: CODE.invalidParams, message: readFirstText(end.outcome.result) } };
}

function readFirstText(result: { readonly content?: unknown }): string {
  const [first] = (Array.isArray(result.content) ? result.content : []) as { text?: unknown }[];
  return typeof first?.text === 'string' ? first.text : 'The tool refused the call.';
}
