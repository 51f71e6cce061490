/** Get: one read of the row, and of the payloads it refers to. */
import type { Caller, TaskSummary, TaskView } from '../model.ts';
import { toTaskSummary, toTaskView } from '../view.ts';
import type { EngineContext } from './context.ts';

/** @throws TaskNotFound */
export async function getTask(engine: EngineContext, caller: Caller, id: string): Promise<TaskView> {
  const row = await engine.requireTask(engine.buildTaskKey(caller, id));
  return toTaskView(row, engine.clock.now(), engine.payloads);
}

/** Without questions and outcome: the row alone. @throws TaskNotFound */
export async function getTaskSummary(engine: EngineContext, caller: Caller, id: string): Promise<TaskSummary> {
  const row = await engine.requireTask(engine.buildTaskKey(caller, id));
  return toTaskSummary(row, engine.clock.now());
}
