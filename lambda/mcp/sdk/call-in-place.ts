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
import { isDeliverable, missingForTool } from '../2026-07-28/capabilities.ts';
import { answersOf } from '../2026-07-28/input-responses.ts';
import { type CallState, withAnswers } from '../2026-07-28/request-state.ts';
import { inputRequests } from '../2026-07-28/shapes.ts';
import { tell } from '../errors.ts';
import type { InputRound } from '../exchange.ts';
import { handOff, outcomeOrHandOff } from '../model-tools/hand-off.ts';
import { resultOf, waitsForInput } from '../model-tools/messages.ts';
import { type Waiting, waitForNews } from '../model-tools/wait.ts';
import type { JsonObject } from '../rpc.ts';

/** One round of a call. */
export interface CallInPlaceParts extends Waiting {
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

type InPlace = Promise<JsonObject | InputRequiredResult>;

export async function callInPlace(tool: Tool, args: unknown, parts: CallInPlaceParts): InPlace {
  if (tool.taskSupport === 'required')
    return toolError(
      `${tool.name} runs as a task only: call it from a client with the extension io.modelcontextprotocol/tasks.`,
    );
  const { canAsk, budgetMs, round = {} } = parts;
  const missing = missingForTool(tool, canAsk);
  if (missing)
    return toolError(
      `${tool.name} asks what this client did not declare that it can be asked: ${JSON.stringify(missing)}`,
    );
  const answers = answersOf(round.inputResponses ?? {});
  const state = round.requestState === undefined ? undefined : (JSON.parse(round.requestState) as CallState);
  if (state?.phase === 'task')
    return guarded(tool, parts, async () => {
      await parts.engine.answer(parts.caller, state.id, answers, parts.deadline);
      return followed(await waitForNews(parts, state.id), canAsk);
    });
  const history = state ? withAnswers(state.history, answers) : NO_HISTORY;
  const id = state?.id ?? parts.id;
  const call: InlineCall = { id, args, era: '2025-11-25', capabilities: canAsk, history, budgetMs };
  if (state?.phase === 'run')
    return run(tool, state.prepared ? { ...call, args: state.prepared.args } : call, parts, state);
  if (!tool.prepare) return begin(tool, call, parts);
  const prepared = await runPrepare(tool, call);
  switch (prepared.end) {
    case 'ready':
      return begin(tool, { ...call, history: NO_HISTORY, args: prepared.args }, parts, { prepared });
    case 'refused':
      return prepared.result;
    case 'failed':
      return resultOf(tool.name, prepared.outcome);
    case 'asks':
      return asks(prepared.history.questions, { id, phase: 'prepare', history: prepared.history });
  }
}

const NO_HISTORY: RunHistory = { journal: {}, questions: {} };

async function begin(
  tool: Tool,
  call: InlineCall,
  parts: CallInPlaceParts,
  state: Pick<CallState, 'prepared'> = {},
): InPlace {
  if (!mayHandOff(tool)) return run(tool, call, parts, state);
  const { caller, deadline, canAsk: capabilities } = parts;
  const start: StartCall = { caller, tool, arguments: call.args, era: '2025-11-25', capabilities, deadline };
  return guarded(tool, parts, async () => followed(await handOff(parts, start), capabilities));
}

async function run(
  tool: Tool,
  call: InlineCall,
  parts: Pick<CallInPlaceParts, 'engine'>,
  { prepared }: Pick<CallState, 'prepared'>,
): InPlace {
  const end = await runInline(tool, call);
  if (end.end === 'settled') return resultOf(tool.name, await parts.engine.deliver(call.id, end.outcome));
  const { history } = end;
  return asks(history.questions, {
    id: call.id,
    phase: 'run',
    history,
    ...(prepared && { prepared: { args: prepared.args } }),
  });
}

/** The answer of a call whose task stands so. */
function followed(view: TaskView, canAsk: InputCapabilities): JsonObject | InputRequiredResult {
  const told = outcomeOrHandOff(view);
  if (told.kind === 'said') return told.result;
  if (!isDeliverable(view.questions, canAsk)) return waitsForInput(view);
  return asks(view.questions, { id: view.id, phase: 'task', history: NO_HISTORY });
}

const asks = (questions: Questions, state: CallState): InputRequiredResult =>
  ({
    resultType: 'input_required',
    inputRequests: inputRequests(questions),
    requestState: JSON.stringify(state),
  }) as InputRequiredResult;

/** The SDK makes tool errors of whatever its handlers throw, with its message: those of our own faults stay here. */
async function guarded(tool: Tool, { onError }: CallInPlaceParts, work: () => InPlace): InPlace {
  try {
    return await work();
  } catch (thrown) {
    const { error, fault } = tell(thrown);
    if (fault) onError(thrown);
    return toolError(`${tool.name} was not started, or cannot be followed: ${error.message}`);
  }
}
