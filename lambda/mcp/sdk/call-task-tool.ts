/**
 * A task tool called by a client of an earlier revision as an ordinary tool: it runs inline, is handed off, or returns
 * why it cannot. Its questions are those of a handler that returns `inputRequired(…)`; the state of the call stays on
 * this side meanwhile.
 */
import type { InputRequiredResult } from '@modelcontextprotocol/server';
import type { StartCall } from '../../engine/model.ts';
import type { InputCapabilities } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import type { Tool } from '../../tool/types.ts';
import { advanceCall, type FinalStep, type ToolCall } from '../call/machine.ts';
import type { CallState } from '../call/state.ts';
import { followCall, handOffCall } from '../call/task-call.ts';
import { findMissingCapabilities } from '../capabilities.ts';
import { toErrorReply } from '../errors.ts';
import type { InputRound } from '../exchange.ts';
import { toInputRequests } from '../input-requests.ts';
import { parseInputResponses } from '../input-responses.ts';
import { toToolResult } from '../model-tools/messages.ts';
import type { WaitOptions } from '../model-tools/wait.ts';
import type { JsonObject } from '../rpc.ts';

/** One round of a call. */
export interface CallTaskToolOptions extends WaitOptions {
  /** A random id for a call that runs inline. */
  createCallId(): string;
  /** The kinds of question that the client accepts. */
  readonly canAsk: InputCapabilities;
  /** The client's answers since the last round, and the state that round left, which the client has never held. */
  readonly round?: Pick<InputRound, 'inputResponses' | 'requestState'>;
  /** Called with errors that are the server's fault, which the client does not get to see. */
  onError(error: unknown): void;
}

export async function callTaskTool(
  tool: Tool,
  args: unknown,
  options: CallTaskToolOptions,
): Promise<JsonObject | InputRequiredResult> {
  if (tool.taskSupport === 'required')
    return toolError(
      `${tool.name} runs only as a task: call it from a client with the extension io.modelcontextprotocol/tasks.`,
    );
  const missing = findMissingCapabilities(tool, options.canAsk);
  if (missing)
    return toolError(`${tool.name} needs capabilities that this client did not declare: ${JSON.stringify(missing)}`);
  return encodeStep(tool, await takeStep(tool, args, options));
}

async function takeStep(tool: Tool, args: unknown, options: CallTaskToolOptions): Promise<FinalStep> {
  const { engine, caller, deadline, now, wait, createCallId, canAsk, round = {}, onError } = options;
  const answers = parseInputResponses(round.inputResponses ?? {});
  const state = round.requestState === undefined ? undefined : (JSON.parse(round.requestState) as CallState);
  const call: ToolCall = {
    engine,
    caller,
    deadline,
    now,
    wait,
    createCallId,
    tool,
    args,
    era: '2025-11-25',
    canAsk,
    tasks: 'none',
    ...(state && { resumed: { state, answers } }),
  };
  if (state?.phase === 'task') return catchErrors(tool, onError, () => followCall(call, { state, answers }));
  const step = await advanceCall(call);
  if (step.is !== 'start') return step;
  const start: StartCall = { caller, tool, arguments: step.args, era: '2025-11-25', capabilities: canAsk, deadline };
  return catchErrors(tool, onError, () => handOffCall(call, start));
}

const encodeStep = (tool: Tool, step: FinalStep): JsonObject | InputRequiredResult =>
  step.is === 'outcome'
    ? toToolResult(tool.name, step.outcome)
    : ({
        resultType: 'input_required',
        inputRequests: toInputRequests(step.questions),
        requestState: JSON.stringify(step.state),
      } as InputRequiredResult);

/** The SDK turns whatever its handlers throw into tool errors, message included; those of our own faults stay here. */
async function catchErrors(
  tool: Tool,
  onError: CallTaskToolOptions['onError'],
  work: () => Promise<FinalStep>,
): Promise<FinalStep> {
  try {
    return await work();
  } catch (thrown) {
    const { error, fault } = toErrorReply(thrown);
    if (fault) onError(thrown);
    const result = toolError(`${tool.name} was not started, or cannot be followed: ${error.message}`);
    return { is: 'outcome', outcome: { result } };
  }
}
