import type { StartCall, TaskView } from '../../engine/model.ts';
import { type Followed, toldOf } from './follow.ts';
import { handedOff } from './messages.ts';
import { type Waiting, waitForNews } from './wait.ts';

/**
 * Start the call's task, and wait for its outcome if the tool says so: the task as it stands then.
 * @throws what `Engine.start` throws
 */
export async function handOff(waiting: Waiting, call: StartCall): Promise<TaskView> {
  const started = await waiting.engine.start(call);
  return call.tool.withoutTasks === 'handOff' ? started : waitForNews(waiting, started.id, started);
}

/** What a call is answered with whose task stands so. */
export const outcomeOrHandOff = (view: TaskView): Followed =>
  view.status === 'working' ? { kind: 'said', result: handedOff(view) } : toldOf(view);
