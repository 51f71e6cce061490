/** One round trip of a call that runs here: `prepare`, or the tool itself; its questions become the answer. */
import type { Use } from '../../seal/index.ts';
import type { InputCapabilities, Outcome, Questions } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import { type InlineCall, type RunHistory, runInline, runPrepare } from '../../tool/inline.ts';
import type { Tool } from '../../tool/types.ts';
import { toldOf } from '../errors.ts';
import type { Exchange, Services } from '../exchange.ts';
import { inlineBudget } from '../inline-budget.ts';
import { errorReply, type JsonObject, type Reply, resultReply } from '../rpc.ts';
import { checkDeliverable } from './capabilities.ts';
import { type CallState, sealState } from './request-state.ts';
import { inputRequiredResult, stamped } from './shapes.ts';

/** What stays the same while one request is served. */
export interface RoundTrip {
  readonly exchange: Exchange;
  readonly services: Services;
  readonly tool: Tool;
  readonly can: InputCapabilities;
  /** What `requestState` is bound to. */
  readonly use: Use;
  /** The same over all round trips of the call. */
  readonly id: string;
}

const NO_HISTORY: RunHistory = { journal: {}, questions: {} };

/** Run `prepare`: the arguments to begin with, or the reply to the client. */
export async function prepare(
  trip: RoundTrip,
  args: unknown,
  history: RunHistory = NO_HISTORY,
): Promise<{ readonly args: unknown } | { readonly reply: Reply }> {
  const end = await runPrepare(trip.tool, inlineCall(trip, args, history));
  switch (end.end) {
    case 'ready':
      return { args: end.args };
    case 'refused':
      return { reply: outcomeReply(trip, { result: end.result as Record<string, unknown> }) };
    case 'failed':
      return { reply: outcomeReply(trip, end.outcome) };
    case 'asks':
      return { reply: await asksReply(trip, end.history.questions, { phase: 'prepare', history: end.history }) };
  }
}

/** Run the tool itself within the gateway's budget. */
export async function runInCall(
  trip: RoundTrip,
  args: unknown,
  { prepared, history = NO_HISTORY }: Partial<Pick<CallState, 'prepared' | 'history'>>,
): Promise<Reply> {
  const end = await runInline(trip.tool, inlineCall(trip, args, history));
  if (end.end === 'settled') return outcomeReply(trip, await trip.services.engine.deliver(trip.id, end.outcome));
  return asksReply(trip, end.history.questions, { phase: 'run', ...(prepared && { prepared }), history: end.history });
}

function inlineCall({ exchange, services, can, id }: RoundTrip, args: unknown, history: RunHistory): InlineCall {
  const budgetMs = inlineBudget(exchange.deadline, services.now());
  return { id, args, era: '2026-07-28', capabilities: can, history, budgetMs };
}

/** The questions become the answer; what the call has to remember goes with them. */
export async function asksReply(
  { exchange, services, can, use, id }: RoundTrip,
  questions: Questions,
  state: Omit<CallState, 'id' | 'history'> & Partial<Pick<CallState, 'history'>>,
): Promise<Reply> {
  checkDeliverable(questions, can);
  const requestState = await sealState(services, use, { id, history: NO_HISTORY, ...state }, services.now());
  return resultReply(exchange.request.id, inputRequiredResult(questions, requestState, services.server.info));
}

export function outcomeReply({ exchange, services }: RoundTrip, outcome: Outcome): Reply {
  const { id } = exchange.request;
  if ('result' in outcome) return resultReply(id, stamped(outcome.result, services.server.info));
  const { status, error } = toldOf(outcome.error);
  return errorReply(status, id, error);
}

/** What the model should read instead of a result. */
export const toolErrorReply = (trip: RoundTrip, message: string): Reply =>
  outcomeReply(trip, { result: toolError(message) as JsonObject });
