/** `tools/call` of a tool that can be a task. */
import type { StartCall } from '../../engine/model.ts';
import type { SealBinding } from '../../seal/index.ts';
import type { InputCapabilities } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import type { Tool } from '../../tool/types.ts';
import { describeInvalidArguments, validateArguments } from '../../tool/validate.ts';
import { advanceCall, type FinalStep, type ToolCall, toCallOptions } from '../call/machine.ts';
import type { ResumedCall } from '../call/state.ts';
import { followCall, handOffCall } from '../call/task-call.ts';
import { readCallMeta } from '../call-meta.ts';
import { declaresTasks, readInputCapabilities } from '../capabilities.ts';
import { toRpcErrorReply } from '../errors.ts';
import type { Exchange, Services } from '../exchange.ts';
import { refuseParams } from '../failure.ts';
import { parseInputResponses } from '../input-responses.ts';
import { buildErrorReply, buildResultReply, getOwn, isObject, type JsonObject, type Reply } from '../rpc.ts';
import { checkCallable, checkCanAskAll } from './capabilities.ts';
import { REVISION_2026_07_28 } from './envelope.ts';
import { checkParamHeaders } from './param-headers.ts';
import { buildStateBinding, openState, sealState } from './request-state.ts';
import { buildInputRequiredResult, stampResult, toCreatedExtensionTask } from './shapes.ts';

/** The request, and everything needed to encode its reply. */
interface RoundTrip {
  readonly exchange: Exchange;
  readonly services: Services;
  readonly canAsk: InputCapabilities;
  /** The binding of `requestState`. */
  readonly binding: SealBinding;
}

/**
 * Nothing is written before every check has passed: headers, then capabilities, then `requestState`, then the
 * arguments. Invalid arguments are a tool error, which the model can read and correct (the official SDK answers them
 * in the same way for ordinary tools).
 */
export async function handleToolsCall(
  exchange: Exchange,
  capabilities: JsonObject,
  tool: Tool,
  services: Services,
): Promise<Reply> {
  const { request, headers, caller, deadline } = exchange;
  const args = getOwn(request.params, 'arguments');
  if (args !== undefined && !isObject(args)) throw refuseParams('"arguments" must be an object.');
  checkParamHeaders(headers, tool, args);
  checkCallable(tool, capabilities);
  const binding = buildStateBinding(caller, tool.name, args);
  const resumed = await openResumedCall(request.params, binding, services);
  const validated = await validateArguments(tool, args);
  const canAsk = readInputCapabilities(capabilities);
  const trip: RoundTrip = { exchange, services, canAsk, binding };
  if (!validated.ok) {
    const message = describeInvalidArguments(tool, validated.problems);
    return encodeStep(trip, { is: 'outcome', outcome: { result: toolError(message) } });
  }

  const call: ToolCall = {
    ...toCallOptions(exchange, services),
    tool,
    args: validated.value,
    era: REVISION_2026_07_28,
    canAsk,
    tasks: declaresTasks(capabilities) ? 'declared' : 'none',
    ...(resumed && { resumed }),
  };
  if (resumed?.state.phase === 'task') return encodeStep(trip, await followCall(call, resumed));
  const step = await advanceCall(call);
  if (step.is !== 'start') return encodeStep(trip, step);
  const start: StartCall = {
    caller,
    tool,
    arguments: step.args,
    era: REVISION_2026_07_28,
    capabilities: canAsk,
    ...readCallMeta(request, headers),
    deadline,
  };
  if (step.mode === 'handOff') return encodeStep(trip, await handOffCall(call, start));
  const view = await services.engine.startTask(start);
  return buildResultReply(request.id, toCreatedExtensionTask(view, services.server.info));
}

/** An outcome is the reply; questions are the reply as well, with the sealed state of the call. */
async function encodeStep({ exchange, services, canAsk, binding }: RoundTrip, step: FinalStep): Promise<Reply> {
  const { id } = exchange.request;
  const { info } = services.server;
  if (step.is === 'asks') {
    checkCanAskAll(step.questions, canAsk);
    const requestState = await sealState(services, binding, step.state);
    return buildResultReply(id, buildInputRequiredResult(step.questions, requestState, info));
  }
  if ('result' in step.outcome) return buildResultReply(id, stampResult(step.outcome.result, info));
  const { status, error } = toRpcErrorReply(step.outcome.error);
  return buildErrorReply(status, id, error);
}

/** `undefined` for a first call. @throws Refusal -32602 */
async function openResumedCall(
  params: JsonObject | undefined,
  binding: SealBinding,
  services: Services,
): Promise<ResumedCall | undefined> {
  const inputResponses = getOwn(params, 'inputResponses');
  const answers = inputResponses === undefined ? {} : parseInputResponses(inputResponses);
  const requestState = getOwn(params, 'requestState');
  if (requestState === undefined) return undefined;
  return { state: await openState(services, binding, requestState), answers };
}
