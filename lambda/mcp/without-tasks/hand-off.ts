/**
 * A call that may be answered before its work is done, by a client without tasks.
 *
 * `inlineThenHandOff` starts the task at once and waits for its outcome in the request: work that is quick is
 * answered as if it had run here, and work that is not goes on where it is. Nothing is done twice, and nothing
 * has to move from a request that ends to a worker that goes on. The price is a queue's delay for quick calls.
 */
import type { StartCall, TaskView } from '../../engine/engine.ts';
import { type Followed, toldOf } from './follow.ts';
import { type Waiting, waitForNews } from './wait.ts';
import { handedOff } from './words.ts';

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
