/** One round trip of a call that runs here: `prepare`, or the tool itself; its questions become the answer. */
import type { SealBinding } from '../../seal/index.ts';
import type { InputCapabilities, Outcome, Questions } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import { type InlineCall, type RunHistory, runInline, runPrepare } from '../../tool/inline.ts';
import type { Tool } from '../../tool/types.ts';
import { toRpcErrorReply } from '../errors.ts';
import type { Exchange, Services } from '../exchange.ts';
import { toInlineBudgetMs } from '../inline-budget.ts';
import { buildErrorReply, buildResultReply, type JsonObject, type Reply } from '../rpc.ts';
import { checkCanAskAll } from './capabilities.ts';
import { type RequestState, sealState } from './request-state.ts';
import { buildInputRequiredResult, stampResult } from './shapes.ts';

/** What stays the same while one request is served. */
export interface RoundTrip {
  readonly exchange: Exchange;
  readonly services: Services;
  readonly tool: Tool;
  readonly can: InputCapabilities;
  /** What `requestState` is bound to. */
  readonly binding: SealBinding;
  /** The same over all round trips of the call. */
  readonly id: string;
}

const NO_HISTORY: RunHistory = { journal: {}, questions: {} };

/** Run `prepare`: the arguments to begin with, or the reply to the client. */
export async function prepareInCall(
  trip: RoundTrip,
  args: unknown,
  history: RunHistory = NO_HISTORY,
): Promise<{ readonly args: unknown } | { readonly reply: Reply }> {
  const end = await runPrepare(trip.tool, buildInlineCall(trip, args, history));
  switch (end.end) {
    case 'ready':
      return { args: end.args };
    case 'refused':
      return { reply: buildOutcomeReply(trip, { result: end.result as Record<string, unknown> }) };
    case 'failed':
      return { reply: buildOutcomeReply(trip, end.outcome) };
    case 'asks':
      return {
        reply: await buildInputRequiredReply(trip, end.history.questions, { phase: 'prepare', history: end.history }),
      };
  }
}

/** Run the tool itself within the gateway's budget. */
export async function runToolInCall(
  trip: RoundTrip,
  args: unknown,
  { prepared, history = NO_HISTORY }: Partial<Pick<RequestState, 'prepared' | 'history'>>,
): Promise<Reply> {
  const end = await runInline(trip.tool, buildInlineCall(trip, args, history));
  if (end.end === 'settled')
    return buildOutcomeReply(trip, await trip.services.engine.deliverOutcome(trip.id, end.outcome));
  return buildInputRequiredReply(trip, end.history.questions, {
    phase: 'run',
    ...(prepared && { prepared }),
    history: end.history,
  });
}

function buildInlineCall({ exchange, services, can, id }: RoundTrip, args: unknown, history: RunHistory): InlineCall {
  const budgetMs = toInlineBudgetMs(exchange.deadline, services.now());
  return { id, args, era: '2026-07-28', capabilities: can, history, budgetMs };
}

/** The questions become the answer; what the call has to remember goes with them. */
export async function buildInputRequiredReply(
  { exchange, services, can, binding, id }: RoundTrip,
  questions: Questions,
  state: Omit<RequestState, 'id' | 'history'> & Partial<Pick<RequestState, 'history'>>,
): Promise<Reply> {
  checkCanAskAll(questions, can);
  const requestState = await sealState(services, binding, { id, history: NO_HISTORY, ...state }, services.now());
  return buildResultReply(exchange.request.id, buildInputRequiredResult(questions, requestState, services.server.info));
}

export function buildOutcomeReply({ exchange, services }: RoundTrip, outcome: Outcome): Reply {
  const { id } = exchange.request;
  if ('result' in outcome) return buildResultReply(id, stampResult(outcome.result, services.server.info));
  const { status, error } = toRpcErrorReply(outcome.error);
  return buildErrorReply(status, id, error);
}

/** What the model should read instead of a result. */
export const buildToolErrorReply = (trip: RoundTrip, message: string): Reply =>
  buildOutcomeReply(trip, { result: toolError(message) as JsonObject });
