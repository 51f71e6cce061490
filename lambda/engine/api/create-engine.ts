/** The API side of the engine: its verbs, bound to one context. */
import { answerTask } from './answer.ts';
import { cancelTask } from './cancel.ts';
import { EngineContext, type EngineOptions } from './context.ts';
import { deliverOutcome } from './deliver.ts';
import type { Engine } from './engine.ts';
import { completeWait, failWait, reportWaitProgress } from './external.ts';
import { followTask } from './follow.ts';
import { getTask, getTaskSummary } from './get.ts';
import { listTasks } from './list.ts';
import { startTask } from './start.ts';
import { submitAnswer } from './submit-answer.ts';
import { createWaitingCalls } from './waiting-calls.ts';

export function createEngine(options: EngineOptions): Engine {
  const engine = new EngineContext(options);
  return {
    startTask: (call) => startTask(engine, call),
    getTask: (caller, id) => getTask(engine, caller, id),
    getTaskSummary: (caller, id) => getTaskSummary(engine, caller, id),
    listTasks: (caller, page) => listTasks(engine, caller, page),
    answerTask: (caller, id, answers, deadline) => answerTask(engine, caller, id, answers, deadline),
    submitAnswer: (caller, question, answer, deadline) => submitAnswer(engine, caller, question, answer, deadline),
    cancelTask: (caller, id, deadline) => cancelTask(engine, caller, id, deadline),
    deliverOutcome: (call, outcome) => deliverOutcome(engine, call, outcome),
    followTask: (options) => followTask(engine, options),
    waitingCalls: createWaitingCalls(engine),
    completeWait: (token, value, deadline) => completeWait(engine, token, value, deadline),
    failWait: (token, error, deadline) => failWait(engine, token, error, deadline),
    reportWaitProgress: (token, progress) => reportWaitProgress(engine, token, progress),
  };
}
