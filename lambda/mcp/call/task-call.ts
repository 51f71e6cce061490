/** A call from a client without tasks whose work is a task: starting it, waiting for it, and passing on its questions. */
import type { StartCall, TaskView } from '../../engine/model.ts';
import { canAskAll } from '../../tasks/capabilities.ts';
import type { InputCapabilities } from '../../tasks/record.ts';
import { EMPTY_HISTORY } from '../../tool/history.ts';
import { handOff, toHandOffResult } from '../model-tools/hand-off.ts';
import { describeNeededInput } from '../model-tools/messages.ts';
import { waitForTask } from '../model-tools/wait.ts';
import type { FinalStep, ToolCall } from './machine.ts';
import type { ResumedCall } from './state.ts';

/** Start the task; end with its outcome if the tool lets the call wait for it and it comes in time. */
export const handOffCall = async (call: ToolCall, start: StartCall): Promise<FinalStep> =>
  toFinalStep(await handOff(call, start), call.canAsk);

/** The next round of a call in the phase `task`: the answers are the task's. @throws TaskNotFound */
export async function followCall(call: ToolCall, { state, answers }: ResumedCall): Promise<FinalStep> {
  await call.engine.answerTask(call.caller, state.id, answers, call.deadline);
  return toFinalStep(await waitForTask(call, state.id), call.canAsk);
}

function toFinalStep(view: TaskView, canAsk: InputCapabilities): FinalStep {
  // As the inline run would have ended, which may be with a JSON-RPC error.
  if (view.outcome) return { is: 'outcome', outcome: view.outcome };
  const handedOff = toHandOffResult(view);
  if (handedOff.kind === 'result') return { is: 'outcome', outcome: { result: handedOff.result } };
  if (!canAskAll(view.questions, canAsk)) return { is: 'outcome', outcome: { result: describeNeededInput(view) } };
  return { is: 'asks', questions: view.questions, state: { id: view.id, phase: 'task', history: EMPTY_HISTORY } };
}
