/** `npm run tasks -- cancel`: cancels a task for an operator. */
import { cancelTask } from '../../lambda/engine/api/cancel.ts';
import { EngineContext } from '../../lambda/engine/api/context.ts';
import { systemClock, systemIds } from '../../lambda/engine/system.ts';
import { isTerminal, type TaskKey, type TaskRow } from '../../lambda/tasks/record.ts';
import type { TasksArguments } from './arguments.ts';
import { NotDone, type OperatorTerminal, requireConsent } from './console.ts';
import type { Deployment } from './deployment.ts';
import { findTaskRow } from './find.ts';
import { formatTaskLine, toTaskState } from './state.ts';

/** How long one cancel, its message and its write, may take (ms). */
const OPERATOR_CANCEL_TIMEOUT_MS = 30_000;

/** The engine's own cancel for an operator, who finds the row by its key instead of by its owner. */
class OperatorContext extends EngineContext {
  readonly #key: TaskKey;
  constructor({ store, queue }: Deployment, { partition, id }: TaskRow) {
    super({ store, queue, clock: systemClock, ids: systemIds, log: () => {} });
    this.#key = { partition, id };
  }
  override buildTaskKey(): TaskKey {
    return this.#key;
  }
}

/** @throws NotDone */
export async function cancelAsOperator(
  deployment: Deployment,
  args: TasksArguments,
  terminal: OperatorTerminal,
): Promise<void> {
  const row = await findTaskRow(deployment, args, terminal);
  const now = Date.now();
  terminal.notify(formatTaskLine(row, now));
  if (isTerminal(row.status) || row.expiresAt <= now)
    throw new NotDone(`Nothing to cancel: the task has ${isTerminal(row.status) ? 'ended' : 'expired'}.`);
  for (const line of describeConsequences(row, now)) terminal.notify(line);
  await requireConsent(terminal, args.yes, `Cancel task ${row.id}?`);
  const verdict = await cancelTask(
    new OperatorContext(deployment, row),
    {},
    row.id,
    Date.now() + OPERATOR_CANCEL_TIMEOUT_MS,
  );
  if (verdict === 'alreadyTerminal') throw new NotDone('Nothing was cancelled: the task has ended in the meantime.');
  terminal.print(args.json ? JSON.stringify({ id: row.id, cancelled: true }) : `Cancelled ${row.id}.`);
}

function* describeConsequences(row: TaskRow, now: number): Iterable<string> {
  yield 'The task becomes "cancelled" at once and for good; its client sees that at its next poll.';
  if (toTaskState(row, now) === 'runs')
    yield 'A worker is running it and learns of the cancel at its next heartbeat; its work until then is discarded.';
  if (row.questions !== undefined) yield 'Its questions are dropped.';
  if (row.cleanUp !== undefined) yield `A message is sent first, so that the tool's onCancel runs.`;
}
