import type { StartCall, TaskView } from '../../engine/model.ts';
import { type ModelToolResult, toModelToolResult } from './follow.ts';
import { describeHandOff } from './messages.ts';
import { type WaitOptions, waitForTask } from './wait.ts';

/**
 * Start the call's task, and wait for its outcome if the tool says so: the task as it stands then.
 * @throws what `Engine.start` throws
 */
export async function handOff(waiting: WaitOptions, call: StartCall): Promise<TaskView> {
  const started = await waiting.engine.startTask(call);
  return call.tool.withoutTasks === 'handOff' ? started : waitForTask(waiting, started.id, started);
}

/** What a call is answered with whose task stands so. */
export const toHandOffResult = (view: TaskView): ModelToolResult =>
  view.status === 'working' ? { kind: 'said', result: describeHandOff(view) } : toModelToolResult(view);
