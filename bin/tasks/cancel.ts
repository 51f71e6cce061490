import { cancelOf } from '../../lambda/engine/api/cancel.ts';
import { EngineContext } from '../../lambda/engine/api/context.ts';
import { systemClock, systemIds } from '../../lambda/engine/system.ts';
import { isTerminal, type TaskKey, type TaskRow } from '../../lambda/tasks/record.ts';
import type { TasksArguments } from './arguments.ts';
import { consent, type Terminal } from './console.ts';
import type { Deployment } from './deployment.ts';
import { findTask } from './find.ts';
import { NotDone } from './not-done.ts';
import { lineOf, stateOf } from './state.ts';

/** How long the message and the write of one cancel may take (ms). */
const TIME_MS = 30_000;

/** The engine's own cancel, in an operator's hand: the row is known by its key, not by who asks. */
class OperatorContext extends EngineContext {
  private readonly key: TaskKey;
  constructor({ store, queue }: Deployment, { partition, id }: TaskRow) {
    super({ store, queue, clock: systemClock, ids: systemIds, log: () => {} });
    this.key = { partition, id };
  }
  override keyOf(): TaskKey {
    return this.key;
  }
}

export async function cancel(deployment: Deployment, args: TasksArguments, terminal: Terminal): Promise<void> {
  const row = await findTask(deployment, args, terminal);
  const now = Date.now();
  terminal.say(lineOf(row, now));
  if (isTerminal(row.status) || row.expiresAt <= now)
    throw new NotDone(`Nothing to cancel: the task has ${isTerminal(row.status) ? 'ended' : 'expired'}.`);
  for (const line of consequences(row, now)) terminal.say(line);
  await consent(terminal, args.yes, `Cancel task ${row.id}?`);
  const verdict = await cancelOf(new OperatorContext(deployment, row))({}, row.id, Date.now() + TIME_MS);
  if (verdict === 'alreadyTerminal') throw new NotDone('Nothing was cancelled: the task ended meanwhile.');
  terminal.print(args.json ? JSON.stringify({ id: row.id, cancelled: true }) : `Cancelled ${row.id}.`);
}

function* consequences(row: TaskRow, now: number): Iterable<string> {
  yield 'It will be "cancelled" at once and for good; its client sees that with its next poll.';
  if (stateOf(row, now) === 'runs')
    yield 'A worker has it, hears of the cancel at its next heartbeat, and what it makes until then is discarded.';
  if (row.questions !== undefined) yield 'Its questions are dropped.';
  if (row.cleanUp !== undefined) yield `A message is sent first, for the tool's onCancel to run.`;
}
