/**
 * What becomes of a caller's tasks, as it happens. There is nobody to tell a stream of a change, so it looks, by
 * the key and strongly consistent, as often as a polling client of the task would: what a subscription saves is
 * the requests, not the reads.
 */
import type { Engine } from '../../engine/api/engine.ts';
import { TaskNotFound } from '../../engine/errors.ts';
import type { Caller, TaskView } from '../../engine/model.ts';
import type { Log } from '../../engine/ports.ts';
import { type InputCapabilities, isTerminal } from '../../tasks/record.ts';
import type { JsonObject } from '../rpc.ts';
import { isTaskId } from '../task-id.ts';
import { canAskAll } from './capabilities.ts';
import { toDetailedTask } from './shapes.ts';

/** Silence after which a comment is sent (ms), so that nobody on the way takes the stream for dead. */
export const KEEP_ALIVE_MS = 15_000;

export interface SubscriptionOptions {
  readonly engine: Engine;
  readonly caller: Caller;
  /** What the listening request declared that the client can be asked. */
  readonly can: InputCapabilities;
  /** When the stream must have ended (ms since the epoch). */
  readonly until: number;
  now(): number;
  wait(ms: number): Promise<void>;
  readonly log: Log;
}

/** Those of the tasks that the caller may see; unknown, foreign and expired ids are left out alike. */
export async function findOwnTasks(caller: Caller, ids: readonly string[], engine: Engine): Promise<TaskView[]> {
  const views = await Promise.all(ids.filter(isTaskId).map((id) => readTaskView(caller, id, engine)));
  return views.filter((view) => view !== undefined);
}

interface SubscribedTask {
  readonly view: TaskView;
  /** When it is looked at again (ms since the epoch). */
  readonly dueAt: number;
}

/**
 * Each task as it is now, so that what happened since the client last looked is not missed, and then each change,
 * until every task has ended, none is left, or the time is up.
 */
export async function* watchTasks(
  tasks: readonly TaskView[],
  following: SubscriptionOptions,
): AsyncGenerator<JsonObject | 'nothing new'> {
  const { can, until, now, wait } = following;
  let spokeAt = now();
  const open = new Map<string, SubscribedTask>();
  const keep = (view: TaskView): void => {
    if (isTerminal(view.status)) open.delete(view.id);
    else open.set(view.id, { view, dueAt: now() + view.pollIntervalMs });
  };
  for (const view of tasks) {
    if (canNotify(view, can)) yield toDetailedTask(view);
    keep(view);
  }
  while (open.size > 0) {
    const dueAt = Math.min(spokeAt + KEEP_ALIVE_MS, until, ...[...open.values()].map((each) => each.dueAt));
    if (dueAt > now()) await wait(dueAt - now());
    if (now() >= until) return;
    for (const { view: before } of [...open.values()].filter((each) => each.dueAt <= now())) {
      const view = await rereadTaskView(before, following);
      if (!view) open.delete(before.id);
      else keep(view);
      if (!view || !hasChanged(before, view) || !canNotify(view, can)) continue;
      spokeAt = now();
      yield toDetailedTask(view);
    }
    if (now() - spokeAt >= KEEP_ALIVE_MS) {
      spokeAt = now();
      yield 'nothing new';
    }
  }
}

/** A notification is what `tasks/get` would answer, and for questions that the client cannot carry that is an error. */
const canNotify = (view: TaskView, can: InputCapabilities): boolean =>
  view.status !== 'input_required' || canAskAll(view.questions, can);

/** The poll interval changes with time alone, and a heartbeat changes nothing that is shown. */
const hasChanged = (before: TaskView, after: TaskView): boolean => formatComparable(before) !== formatComparable(after);

const formatComparable = (view: TaskView): string =>
  JSON.stringify({ ...toDetailedTask(view), pollIntervalMs: undefined });

async function readTaskView(caller: Caller, id: string, engine: Engine): Promise<TaskView | undefined> {
  try {
    return await engine.getTask(caller, id);
  } catch (error) {
    if (error instanceof TaskNotFound) return undefined;
    throw error;
  }
}

/** A store that does not answer now may answer next time: until then nothing has changed. */
async function rereadTaskView(
  before: TaskView,
  { caller, engine, log }: SubscriptionOptions,
): Promise<TaskView | undefined> {
  try {
    return await readTaskView(caller, before.id, engine);
  } catch (error) {
    log('subscription.unread', { task: before.id, error: error instanceof Error ? error.name : typeof error });
    return before;
  }
}
