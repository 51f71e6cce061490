import type { StartCall, TaskView } from '../../engine/model.ts';
import type { Answer } from '../../tasks/record.ts';
import { handOff, toHandOffResult } from '../model-tools/hand-off.ts';
import { describeNeededInput } from '../model-tools/messages.ts';
import { type WaitOptions, waitForTask } from '../model-tools/wait.ts';
import { buildResultReply, type Reply } from '../rpc.ts';
import { canAskAll } from './capabilities.ts';
import { buildInputRequiredReply, buildOutcomeReply, type RoundTrip } from './round-trip.ts';
import { stampResult } from './shapes.ts';

/** Start the task; answer with its outcome if it may be waited for and comes in time. */
export const handOffInCall = async (trip: RoundTrip, call: StartCall): Promise<Reply> =>
  buildTaskReply(trip, await handOff(toWaitOptions(trip), call));

/** The next round trip of a call whose task asked: the answers are the task's. @throws TaskNotFound */
export async function followInCall(
  trip: RoundTrip,
  task: string,
  answers: Readonly<Record<string, Answer>>,
): Promise<Reply> {
  const waiting = toWaitOptions(trip);
  await waiting.engine.answerTask(waiting.caller, task, answers, waiting.deadline);
  return buildTaskReply(trip, await waitForTask(waiting, task));
}

async function buildTaskReply(trip: RoundTrip, view: TaskView): Promise<Reply> {
  // As a run in the call itself would end: also with a JSON-RPC error.
  if (view.outcome) return buildOutcomeReply(trip, view.outcome);
  const told = toHandOffResult(view);
  if (told.kind === 'asks' && canAskAll(view.questions, trip.can))
    return buildInputRequiredReply({ ...trip, id: view.id }, view.questions, { phase: 'task' });
  const result = told.kind === 'said' ? told.result : describeNeededInput(view);
  return buildResultReply(trip.exchange.request.id, stampResult(result, trip.services.server.info));
}

const toWaitOptions = ({ exchange, services }: RoundTrip): WaitOptions => ({
  engine: services.engine,
  caller: exchange.caller,
  deadline: exchange.deadline,
  now: services.now,
  wait: services.wait,
});
