import type { StartCall } from '../../engine/model.ts';
import type { Answer } from '../../tasks/record.ts';
import { mayHandOff } from '../../tool/follow-up.ts';
import { outcomeOfThrow } from '../../tool/result.ts';
import type { Tool } from '../../tool/types.ts';
import { describeProblems, validateArguments } from '../../tool/validate.ts';
import type { Exchange, Services } from '../exchange.ts';
import { invalidParams } from '../failure.ts';
import { idempotencyKeyOf } from '../idempotency-key.ts';
import { isObject, type JsonObject, own, type Reply, resultReply } from '../rpc.ts';
import { traceOf } from '../trace.ts';
import { checkCallable, declaresTasks, inputCapabilities } from './capabilities.ts';
import { metaOf } from './envelope.ts';
import { followInCall, handOffInCall } from './hand-off.ts';
import { answersOf } from './input-responses.ts';
import { checkParamHeaders } from './param-headers.ts';
import { type CallState, openState, useFor, withAnswers } from './request-state.ts';
import { outcomeReply, prepare, type RoundTrip, runInCall, toolErrorReply } from './round-trip.ts';
import { createTaskResult } from './shapes.ts';

/**
 * Nothing is written before every check has passed: headers, then capabilities, then `requestState`, then the
 * arguments. Arguments that do not fit are a tool error, which the model can read and mend (and so they are
 * answered by the official SDK for ordinary tools).
 */
export async function callTool(
  exchange: Exchange,
  capabilities: JsonObject,
  tool: Tool,
  services: Services,
): Promise<Reply> {
  const { request, headers, caller } = exchange;
  const { params } = request;
  const given = own(params, 'arguments');
  if (given !== undefined && !isObject(given)) throw invalidParams('"arguments" must be an object.');
  checkParamHeaders(headers, tool, given);
  checkCallable(tool, capabilities);
  const use = useFor(caller, tool.name, given);
  const resumed = await resumedState(params, use, services);
  const state = resumed?.state;
  const fits = await validateArguments(tool, given);
  const trip: RoundTrip = {
    exchange,
    services,
    tool,
    use,
    can: inputCapabilities(capabilities),
    id: state?.id ?? services.callId(),
  };
  if (!fits.ok)
    return toolErrorReply(
      trip,
      `Input validation error: Invalid arguments for tool ${tool.name}: ${describeProblems(fits.problems)}`,
    );
  if (resumed?.state.phase === 'task') return followInCall(trip, resumed.state.id, resumed.answers);
  if (state?.phase === 'run') return runInCall(trip, state.prepared ? state.prepared.args : fits.value, state);

  if (!tool.prepare) return begin(trip, capabilities, fits.value);
  const prepared = await prepare(trip, fits.value, state?.history);
  return 'reply' in prepared ? prepared.reply : begin(trip, capabilities, prepared.args, { prepared });
}

/** The arguments stand: make a task, or run in the call for a client that knows no tasks or where the tool says so. */
async function begin(
  trip: RoundTrip,
  capabilities: JsonObject,
  args: unknown,
  state: Pick<CallState, 'prepared'> = {},
): Promise<Reply> {
  const { exchange, services, tool, can } = trip;
  const choice = await decide(trip, capabilities, args);
  if (typeof choice !== 'string') return choice;
  if (choice === 'inline') return runInCall(trip, args, state);
  const call: StartCall = {
    caller: exchange.caller,
    tool,
    arguments: args,
    era: '2026-07-28',
    capabilities: can,
    ...traceOf(metaOf(exchange.request), exchange.headers),
    ...idempotencyKeyOf(metaOf(exchange.request), exchange.headers),
    deadline: exchange.deadline,
  };
  if (choice === 'handOff') return handOffInCall(trip, call);
  return resultReply(exchange.request.id, createTaskResult(await services.engine.start(call), services.server.info));
}

type Choice = 'task' | 'inline' | 'handOff';

/** A client that does not declare tasks is never shown one as such; the tool says what it gets (`withoutTasks`). */
async function decide(trip: RoundTrip, capabilities: JsonObject, args: unknown): Promise<Choice | Reply> {
  const { tool, can } = trip;
  if (tool.taskSupport === 'required') return 'task';
  if (tool.taskSupport === 'forbidden') return 'inline';
  if (!declaresTasks(capabilities)) return mayHandOff(tool) ? 'handOff' : 'inline';
  if (!tool.decide) return 'task';
  try {
    return (await tool.decide(args, { era: '2026-07-28', capabilities: can })) === 'inline' ? 'inline' : 'task';
  } catch (thrown) {
    return outcomeReply(trip, outcomeOfThrow(thrown, '2026-07-28'));
  }
}

/** What an earlier round trip left, and what the client answered since. */
interface Resumed {
  /** Its history has the answers. */
  readonly state: CallState;
  readonly answers: Readonly<Record<string, Answer>>;
}

/** A first call has none. */
async function resumedState(
  params: JsonObject | undefined,
  use: RoundTrip['use'],
  { sealer, payloads, now }: Services,
): Promise<Resumed | undefined> {
  const inputResponses = own(params, 'inputResponses');
  const answers = inputResponses === undefined ? {} : answersOf(inputResponses);
  const requestState = own(params, 'requestState');
  if (requestState === undefined) return undefined;
  const state = await openState({ sealer, payloads }, use, requestState, now());
  return { state: { ...state, history: withAnswers(state.history, answers) }, answers };
}
