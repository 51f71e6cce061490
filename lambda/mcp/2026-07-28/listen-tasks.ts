/**
 * Changes of a caller's tasks, as they happen. Nothing notifies a stream of a change, so it reads each task by its key,
 * strongly consistent, as often as a polling client would: a subscription saves requests, not reads.
 */
import type { Engine } from '../../engine/api/engine.ts';
import { TaskNotFound } from '../../engine/errors.ts';
import type { Caller, TaskView } from '../../engine/model.ts';
import type { Log } from '../../engine/ports.ts';
import { canAskAll } from '../../tasks/capabilities.ts';
import { type InputCapabilities, isTerminal } from '../../tasks/record.ts';
import type { JsonObject } from '../rpc.ts';
import { isTaskId } from '../task-id.ts';
import { toDetailedTask } from './shapes.ts';

/** Silence after which a comment is sent (ms), so that no proxy takes the connection for dead. */
export const KEEP_ALIVE_MS = 15_000;

export interface SubscriptionOptions {
  readonly engine: Engine;
  readonly caller: Caller;
  /** The kinds of question that the client accepts, as its request declared. */
  readonly canAsk: InputCapabilities;
  /** When the stream must have ended (ms since the epoch). */
  readonly until: number;
  now(): number;
  wait(ms: number): Promise<void>;
  readonly log: Log;
}

/** The tasks that the caller may see; unknown, foreign and expired ids are left out alike. */
export async function findOwnTasks(caller: Caller, ids: readonly string[], engine: Engine): Promise<TaskView[]> {
  const views = await Promise.all(ids.filter(isTaskId).map((id) => readTaskView(caller, id, engine)));
  return views.filter((view) => view !== undefined);
}

interface SubscribedTask {
  readonly view: TaskView;
  /** When it is read again (ms since the epoch). */
  readonly dueAt: number;
}

/**
 * Each task as it is now, so that no earlier change is missed, and then each change, until every task has ended or
 * expired, or the time is up. `idle` when nothing has been sent for {@link KEEP_ALIVE_MS}.
 */
export async function* watchTasks(
  tasks: readonly TaskView[],
  options: SubscriptionOptions,
): AsyncGenerator<JsonObject | 'idle'> {
  const { canAsk, until, now, wait } = options;
  let lastSentAt = now();
  const open = new Map<string, SubscribedTask>();
  const track = (view: TaskView): void => {
    if (isTerminal(view.status)) open.delete(view.id);
    else open.set(view.id, { view, dueAt: now() + view.pollIntervalMs });
  };
  for (const view of tasks) {
    if (canNotify(view, canAsk)) yield toDetailedTask(view);
    track(view);
  }
  while (open.size > 0) {
    const dueAt = Math.min(lastSentAt + KEEP_ALIVE_MS, until, ...[...open.values()].map((each) => each.dueAt));
    if (dueAt > now()) await wait(dueAt - now());
    if (now() >= until) return;
    for (const { view: before } of [...open.values()].filter((each) => each.dueAt <= now())) {
      const view = await rereadTaskView(before, options);
      if (!view) open.delete(before.id);
      else track(view);
      if (!view || !hasChanged(before, view) || !canNotify(view, canAsk)) continue;
      lastSentAt = now();
      yield toDetailedTask(view);
    }
    if (now() - lastSentAt >= KEEP_ALIVE_MS) {
      lastSentAt = now();
      yield 'idle';
    }
  }
}

/** A notification carries what `tasks/get` would return, which is an error for questions the client cannot be asked. */
const canNotify = (view: TaskView, canAsk: InputCapabilities): boolean =>
  view.status !== 'input_required' || canAskAll(view.questions, canAsk);

/** The poll interval is left out, as it changes with time alone; a heartbeat changes nothing that is shown. */
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

/** A store that fails now may answer next time: until then nothing has changed. */
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
