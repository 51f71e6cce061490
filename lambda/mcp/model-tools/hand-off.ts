/** Handing off: a call of a client without tasks starts a task, and its result tells the model how to follow it. */
import type { StartCall, TaskView } from '../../engine/model.ts';
import { type ModelToolResult, toModelToolResult } from './follow.ts';
import { describeHandOff } from './messages.ts';
import { type WaitOptions, waitForTask } from './wait.ts';

/**
 * Start the call's task, and wait for its outcome unless the tool says not to (`withoutTasks: 'handOff'`).
 * @returns the task in its last known state
 * @throws the errors of `Engine.startTask`
 */
export async function handOff(waiting: WaitOptions, call: StartCall): Promise<TaskView> {
  const started = await waiting.engine.startTask(call);
  return call.tool.withoutTasks === 'handOff' ? started : waitForTask(waiting, started.id, started);
}

/** The result of a call whose task is in this state. */
export const toHandOffResult = (view: TaskView): ModelToolResult =>
  view.status === 'working' ? { kind: 'result', result: describeHandOff(view) } : toModelToolResult(view);
