/** `prepare` of a tool that is called as a task: it may ask, on a stream of the call itself, before the task exists. */
import type { Asked, TakenCall } from '../../engine/api/waiting-calls.ts';
import { type Answer, isOutstanding, type Outcome } from '../../tasks/record.ts';
import { type PrepareEnd, type RunHistory, runPrepare } from '../../tool/inline.ts';
import { validateArguments } from '../../tool/validate.ts';
import { withAnswers } from '../2026-07-28/request-state.ts';
import { tell } from '../errors.ts';
import type { Exchange, HttpMessage, Services } from '../exchange.ts';
import { CODE } from '../failure.ts';
import { inlineBudget } from '../inline-budget.ts';
import { errorReply, type JsonObject, own, type Reply, resultReply } from '../rpc.ts';
import type { CallEnd } from './call.ts';
import type { Profile } from './session.ts';
import { startTask, type TaskCall, ttlOf } from './start-task.ts';
import { continued, openStream } from './stream.ts';

/** What a call whose `prepare` asks is kept with while its client answers. */
export interface KeptPrepare {
  readonly via: 'prepare';
  /** The same over all rounds. */
  readonly call: string;
  readonly params: JsonObject;
  readonly history: RunHistory;
}

const NO_HISTORY: RunHistory = { journal: {}, questions: {} };

/** The first round, in the call itself. */
export async function prepareFirst(
  exchange: Exchange,
  call: TaskCall,
  args: unknown,
  services: Services,
): Promise<Reply> {
  const { request, caller } = exchange;
  const id = services.callId();
  const end = await run(exchange, id, call, args, NO_HISTORY, services);
  if (end.end !== 'asks') {
    const outcome = await outcomeOf(exchange, request.params ?? {}, call, end, services);
    return 'result' in outcome ? resultReply(request.id, outcome.result) : errorReply(200, request.id, outcome.error);
  }
  const cursor = openStream(exchange, request.id, { of: 'call', id: '' }, services);
  const look = await services.engine.calls.wait(caller, {
    ...askedOf(id, request.params ?? {}, end.history),
    name: call.tool.name,
    capabilities: call.profile.can,
    stream: cursor.stream,
  });
  return continued({ ...cursor, id: look.id }, look);
}

/** Another round, with what the client answered. */
export async function goOnPreparing(
  message: HttpMessage,
  profile: Profile,
  kept: KeptPrepare,
  { questions }: Pick<TakenCall, 'questions'>,
  services: Services,
): Promise<CallEnd> {
  const { params } = kept;
  const name = String(own(params, 'name'));
  const tool = (await services.server.load()).tools.get(name);
  const fits = tool && (await validateArguments(tool, own(params, 'arguments')));
  if (!tool || !fits?.ok) return { before: [], outcome: { error: { code: CODE.invalidParams, message: CHANGED } } };
  const answers: Record<string, Answer> = {};
  for (const [key, { answer }] of Object.entries(questions)) if (answer) answers[key] = answer;
  const ttl = ttlOf({ params });
  const call: TaskCall = { tool, profile, ...(ttl !== undefined && { ttl }) };
  const end = await run(message, kept.call, call, fits.value, withAnswers(kept.history, answers), services);
  if (end.end === 'asks') return { before: [], asked: askedOf(kept.call, params, end.history) };
  return { before: [], outcome: await outcomeOf(message, params, call, end, services) };
}

const CHANGED = 'The tool has changed while its questions were answered: call it again.';

const run = (
  { deadline }: HttpMessage,
  id: string,
  { tool, profile }: TaskCall,
  args: unknown,
  history: RunHistory,
  { now }: Services,
): Promise<PrepareEnd> =>
  runPrepare(tool, {
    ...{ id, args, history, era: '2025-11-25', capabilities: profile.can },
    budgetMs: inlineBudget(deadline, now()),
  });

const askedOf = (call: string, params: JsonObject, history: RunHistory): Asked => ({
  state: JSON.stringify({ via: 'prepare', call, params, history } satisfies KeptPrepare),
  questions: Object.fromEntries(Object.entries(history.questions).filter(([, question]) => isOutstanding(question))),
});

/** A task, or why there is none: a call that asked for a task cannot be answered with a tool's result. */
async function outcomeOf(
  message: HttpMessage,
  params: JsonObject,
  call: TaskCall,
  end: Exclude<PrepareEnd, { readonly end: 'asks' }>,
  services: Services,
): Promise<Outcome> {
  if (end.end === 'ready') {
    try {
      return { result: { ...(await startTask(message, { params }, call, end.args, services)) } };
    } catch (thrown) {
      const { error, fault } = tell(thrown);
      if (fault) throw thrown;
      return { error };
    }
  }
  if (end.end === 'refused') return { error: { code: CODE.invalidParams, message: textOf(end.result) } };
  if ('error' in end.outcome) return end.outcome;
  return { error: { code: CODE.invalidParams, message: textOf(end.outcome.result) } };
}

function textOf(result: { readonly content?: unknown }): string {
  const [first] = (Array.isArray(result.content) ? result.content : []) as { text?: unknown }[];
  return typeof first?.text === 'string' ? first.text : 'The tool refused the call.';
}
