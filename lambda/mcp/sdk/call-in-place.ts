/**
 * A task tool called by a client of an earlier revision, as an ordinary tool: it runs in the call, is handed off,
 * or says why it cannot. Its questions are those of a handler that returns `inputRequired(…)`; what the call has to
 * remember meanwhile stays on this side.
 */
import type { InputRequiredResult } from '@modelcontextprotocol/server';
import type { StartCall, TaskView } from '../../engine/model.ts';
import type { InputCapabilities, Questions } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import { mayHandOff } from '../../tool/follow-up.ts';
import { type InlineCall, type RunHistory, runInline, runPrepare } from '../../tool/inline.ts';
import type { Tool } from '../../tool/types.ts';
import { canAskAll, findMissingCapabilities } from '../2026-07-28/capabilities.ts';
import { parseInputResponses } from '../2026-07-28/input-responses.ts';
import { addAnswers, type RequestState } from '../2026-07-28/request-state.ts';
import { toInputRequests } from '../2026-07-28/shapes.ts';
import { toErrorReply } from '../errors.ts';
import type { InputRound } from '../exchange.ts';
import { handOff, toHandOffResult } from '../model-tools/hand-off.ts';
import { describeNeededInput, toToolResult } from '../model-tools/messages.ts';
import { type WaitOptions, waitForTask } from '../model-tools/wait.ts';
import type { JsonObject } from '../rpc.ts';

/** One round of a call. */
export interface CallTaskToolOptions extends WaitOptions {
  /** The id of a run in the call. */
  readonly id: string;
  /** How long a run in the call may take (ms). */
  readonly budgetMs: number;
  /** What the client can be asked. */
  readonly canAsk: InputCapabilities;
  /** What the client answered since the last round, and what that round left: never the client's own word. */
  readonly round?: Pick<InputRound, 'inputResponses' | 'requestState'>;
  /** Told what is the server's own fault, which the client is not. */
  onError(error: unknown): void;
}

type TaskToolResult = Promise<JsonObject | InputRequiredResult>;

export async function callTaskTool(tool: Tool, args: unknown, parts: CallTaskToolOptions): TaskToolResult {
  if (tool.taskSupport === 'required')
    return toolError(
      `${tool.name} runs as a task only: call it from a client with the extension io.modelcontextprotocol/tasks.`,
    );
  const { canAsk, budgetMs, round = {} } = parts;
  const missing = findMissingCapabilities(tool, canAsk);
  if (missing)
    return toolError(
      `${tool.name} asks what this client did not declare that it can be asked: ${JSON.stringify(missing)}`,
    );
  const answers = parseInputResponses(round.inputResponses ?? {});
  const state = round.requestState === undefined ? undefined : (JSON.parse(round.requestState) as RequestState);
  if (state?.phase === 'task')
    return catchAsToolError(tool, parts, async () => {
      await parts.engine.answerTask(parts.caller, state.id, answers, parts.deadline);
      return toFollowedResult(await waitForTask(parts, state.id), canAsk);
    });
  const history = state ? addAnswers(state.history, answers) : NO_HISTORY;
  const id = state?.id ?? parts.id;
  const call: InlineCall = { id, args, era: '2025-11-25', capabilities: canAsk, history, budgetMs };
  if (state?.phase === 'run')
    return runTaskTool(tool, state.prepared ? { ...call, args: state.prepared.args } : call, parts, state);
  if (!tool.prepare) return beginTaskTool(tool, call, parts);
  const prepared = await runPrepare(tool, call);
  switch (prepared.end) {
    case 'ready':
      return beginTaskTool(tool, { ...call, history: NO_HISTORY, args: prepared.args }, parts, { prepared });
    case 'refused':
      return prepared.result;
    case 'failed':
      return toToolResult(tool.name, prepared.outcome);
    case 'asks':
      return buildInputRequired(prepared.history.questions, { id, phase: 'prepare', history: prepared.history });
  }
}

const NO_HISTORY: RunHistory = { journal: {}, questions: {} };

async function beginTaskTool(
  tool: Tool,
  call: InlineCall,
  parts: CallTaskToolOptions,
  state: Pick<RequestState, 'prepared'> = {},
): TaskToolResult {
  if (!mayHandOff(tool)) return runTaskTool(tool, call, parts, state);
  const { caller, deadline, canAsk: capabilities } = parts;
  const start: StartCall = { caller, tool, arguments: call.args, era: '2025-11-25', capabilities, deadline };
  return catchAsToolError(tool, parts, async () => toFollowedResult(await handOff(parts, start), capabilities));
}

async function runTaskTool(
  tool: Tool,
  call: InlineCall,
  parts: Pick<CallTaskToolOptions, 'engine'>,
  { prepared }: Pick<RequestState, 'prepared'>,
): TaskToolResult {
  const end = await runInline(tool, call);
  if (end.end === 'settled') return toToolResult(tool.name, await parts.engine.deliverOutcome(call.id, end.outcome));
  const { history } = end;
  return buildInputRequired(history.questions, {
    id: call.id,
    phase: 'run',
    history,
    ...(prepared && { prepared: { args: prepared.args } }),
  });
}

/** The answer of a call whose task stands so. */
function toFollowedResult(view: TaskView, canAsk: InputCapabilities): JsonObject | InputRequiredResult {
  const told = toHandOffResult(view);
  if (told.kind === 'said') return told.result;
  if (!canAskAll(view.questions, canAsk)) return describeNeededInput(view);
  return buildInputRequired(view.questions, { id: view.id, phase: 'task', history: NO_HISTORY });
}

const buildInputRequired = (questions: Questions, state: RequestState): InputRequiredResult =>
  ({
    resultType: 'input_required',
    inputRequests: toInputRequests(questions),
    requestState: JSON.stringify(state),
  }) as InputRequiredResult;

/** The SDK makes tool errors of whatever its handlers throw, with its message: those of our own faults stay here. */
async function catchAsToolError(
  tool: Tool,
  { onError }: CallTaskToolOptions,
  work: () => TaskToolResult,
): TaskToolResult {
  try {
    return await work();
  } catch (thrown) {
    const { error, fault } = toErrorReply(thrown);
    if (fault) onError(thrown);
    return toolError(`${tool.name} was not started, or cannot be followed: ${error.message}`);
  }
}
