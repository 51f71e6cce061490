import type { StartCall } from '../../engine/model.ts';
import type { Answer } from '../../tasks/record.ts';
import { mayHandOff } from '../../tool/follow-up.ts';
import { toThrowOutcome } from '../../tool/result.ts';
import type { Tool } from '../../tool/types.ts';
import { describeProblems, validateArguments } from '../../tool/validate.ts';
import type { Exchange, Services } from '../exchange.ts';
import { refuseParams } from '../failure.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { buildResultReply, getOwn, isObject, type JsonObject, type Reply } from '../rpc.ts';
import { readTraceparent } from '../trace.ts';
import { checkCallable, declaresTasks, readInputCapabilities } from './capabilities.ts';
import { readMeta } from './envelope.ts';
import { followInCall, handOffInCall } from './hand-off.ts';
import { parseInputResponses } from './input-responses.ts';
import { checkParamHeaders } from './param-headers.ts';
import { addAnswers, buildStateBinding, openState, type RequestState } from './request-state.ts';
import { buildOutcomeReply, buildToolErrorReply, prepareInCall, type RoundTrip, runToolInCall } from './round-trip.ts';
import { toCreatedExtensionTask } from './shapes.ts';

/**
 * Nothing is written before every check has passed: headers, then capabilities, then `requestState`, then the
 * arguments. Arguments that do not fit are a tool error, which the model can read and mend (and so they are
 * answered by the official SDK for ordinary tools).
 */
export async function handleToolsCall(
  exchange: Exchange,
  capabilities: JsonObject,
  tool: Tool,
  services: Services,
): Promise<Reply> {
  const { request, headers, caller } = exchange;
  const { params } = request;
  const given = getOwn(params, 'arguments');
  if (given !== undefined && !isObject(given)) throw refuseParams('"arguments" must be an object.');
  checkParamHeaders(headers, tool, given);
  checkCallable(tool, capabilities);
  const use = buildStateBinding(caller, tool.name, given);
  const resumed = await openResumedState(params, use, services);
  const state = resumed?.state;
  const fits = await validateArguments(tool, given);
  const trip: RoundTrip = {
    exchange,
    services,
    tool,
    binding: use,
    can: readInputCapabilities(capabilities),
    id: state?.id ?? services.callId(),
  };
  if (!fits.ok)
    return buildToolErrorReply(
      trip,
      `Input validation error: Invalid arguments for tool ${tool.name}: ${describeProblems(fits.problems)}`,
    );
  if (resumed?.state.phase === 'task') return followInCall(trip, resumed.state.id, resumed.answers);
  if (state?.phase === 'run') return runToolInCall(trip, state.prepared ? state.prepared.args : fits.value, state);

  if (!tool.prepare) return beginCall(trip, capabilities, fits.value);
  const prepared = await prepareInCall(trip, fits.value, state?.history);
  return 'reply' in prepared ? prepared.reply : beginCall(trip, capabilities, prepared.args, { prepared });
}

/** The arguments stand: make a task, or run in the call for a client that knows no tasks or where the tool says so. */
async function beginCall(
  trip: RoundTrip,
  capabilities: JsonObject,
  args: unknown,
  state: Pick<RequestState, 'prepared'> = {},
): Promise<Reply> {
  const { exchange, services, tool, can } = trip;
  const choice = await chooseCallMode(trip, capabilities, args);
  if (typeof choice !== 'string') return choice;
  if (choice === 'inline') return runToolInCall(trip, args, state);
  const call: StartCall = {
    caller: exchange.caller,
    tool,
    arguments: args,
    era: '2026-07-28',
    capabilities: can,
    ...readTraceparent(readMeta(exchange.request), exchange.headers),
    ...readIdempotencyKey(readMeta(exchange.request), exchange.headers),
    deadline: exchange.deadline,
  };
  if (choice === 'handOff') return handOffInCall(trip, call);
  return buildResultReply(
    exchange.request.id,
    toCreatedExtensionTask(await services.engine.startTask(call), services.server.info),
  );
}

type CallMode = 'task' | 'inline' | 'handOff';

/** A client that does not declare tasks is never shown one as such; the tool says what it gets (`withoutTasks`). */
async function chooseCallMode(trip: RoundTrip, capabilities: JsonObject, args: unknown): Promise<CallMode | Reply> {
  const { tool, can } = trip;
  if (tool.taskSupport === 'required') return 'task';
  if (tool.taskSupport === 'forbidden') return 'inline';
  if (!declaresTasks(capabilities)) return mayHandOff(tool) ? 'handOff' : 'inline';
  if (!tool.decide) return 'task';
  try {
    return (await tool.decide(args, { era: '2026-07-28', capabilities: can })) === 'inline' ? 'inline' : 'task';
  } catch (thrown) {
    return buildOutcomeReply(trip, toThrowOutcome(thrown, '2026-07-28'));
  }
}

/** What an earlier round trip left, and what the client answered since. */
interface ResumedState {
  /** Its history has the answers. */
  readonly state: RequestState;
  readonly answers: Readonly<Record<string, Answer>>;
}

/** A first call has none. */
async function openResumedState(
  params: JsonObject | undefined,
  use: RoundTrip['binding'],
  { sealer, payloads, now }: Services,
): Promise<ResumedState | undefined> {
  const inputResponses = getOwn(params, 'inputResponses');
  const answers = inputResponses === undefined ? {} : parseInputResponses(inputResponses);
  const requestState = getOwn(params, 'requestState');
  if (requestState === undefined) return undefined;
  const state = await openState({ sealer, payloads }, use, requestState, now());
  return { state: { ...state, history: addAnswers(state.history, answers) }, answers };
}
