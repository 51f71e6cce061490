/** The API side of the engine. */

import { toTaskSummary, toTaskView } from '../view.ts';
import { answerTask } from './answer.ts';
import { cancelTask } from './cancel.ts';
import { EngineContext, type EngineOptions } from './context.ts';
import { deliverOutcome } from './deliver.ts';
import type { Engine } from './engine.ts';
import { createExternalWaits } from './external.ts';
import { followTask } from './follow.ts';
import { listTasks } from './list.ts';
import { startTask } from './start.ts';
import { submitAnswer } from './submit-answer.ts';
import { createWaitingCalls } from './waiting-calls.ts';

export type { EngineOptions } from './context.ts';

export function createEngine(parts: EngineOptions): Engine {
  const engine = new EngineContext(parts);
  return {
    startTask: startTask(engine),
    getTask: async (caller, id) =>
      toTaskView(await engine.requireTask(engine.buildTaskKey(caller, id)), engine.clock.now(), engine.payloads),
    getTaskSummary: async (caller, id) =>
      toTaskSummary(await engine.requireTask(engine.buildTaskKey(caller, id)), engine.clock.now()),
    listTasks: listTasks(engine),
    answerTask: answerTask(engine),
    submitAnswer: submitAnswer(engine),
    cancelTask: cancelTask(engine),
    deliverOutcome: deliverOutcome(engine),
    followTask: followTask(engine),
    waitingCalls: createWaitingCalls(engine),
    ...createExternalWaits(engine),
  };
}
