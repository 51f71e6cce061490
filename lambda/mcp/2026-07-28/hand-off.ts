import type { StartCall, TaskView } from '../../engine/model.ts';
import type { Answer } from '../../tasks/record.ts';
import { handOff, outcomeOrHandOff } from '../model-tools/hand-off.ts';
import { waitsForInput } from '../model-tools/messages.ts';
import { type Waiting, waitForNews } from '../model-tools/wait.ts';
import { type Reply, resultReply } from '../rpc.ts';
import { isDeliverable } from './capabilities.ts';
import { asksReply, outcomeReply, type RoundTrip } from './round-trip.ts';
import { stamped } from './shapes.ts';

/** Start the task; answer with its outcome if it may be waited for and comes in time. */
export const handOffInCall = async (trip: RoundTrip, call: StartCall): Promise<Reply> =>
  replyOf(trip, await handOff(waitingOf(trip), call));

/** The next round trip of a call whose task asked: the answers are the task's. @throws TaskNotFound */
export async function followInCall(
  trip: RoundTrip,
  task: string,
  answers: Readonly<Record<string, Answer>>,
): Promise<Reply> {
  const waiting = waitingOf(trip);
  await waiting.engine.answer(waiting.caller, task, answers, waiting.deadline);
  return replyOf(trip, await waitForNews(waiting, task));
}

async function replyOf(trip: RoundTrip, view: TaskView): Promise<Reply> {
  // As a run in the call itself would end: also with a JSON-RPC error.
  if (view.outcome) return outcomeReply(trip, view.outcome);
  const told = outcomeOrHandOff(view);
  if (told.kind === 'asks' && isDeliverable(view.questions, trip.can))
    return asksReply({ ...trip, id: view.id }, view.questions, { phase: 'task' });
  const result = told.kind === 'said' ? told.result : waitsForInput(view);
  return resultReply(trip.exchange.request.id, stamped(result, trip.services.server.info));
}

const waitingOf = ({ exchange, services }: RoundTrip): Waiting => ({
  engine: services.engine,
  caller: exchange.caller,
  deadline: exchange.deadline,
  now: services.now,
  wait: services.wait,
});
