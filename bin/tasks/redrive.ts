/** `npm run tasks -- redrive`: sends the wake-ups of tasks again. */
import { buildWakeUp, sendWakeUp } from '../../lambda/engine/wake-up.ts';
import type { TaskRow } from '../../lambda/tasks/record.ts';
import type { TasksArguments } from './arguments.ts';
import { NotDone, type OperatorTerminal, requireConsent } from './console.ts';
import type { Deployment } from './deployment.ts';
import { findTaskRow } from './find.ts';
import { forEachPage } from './list.ts';
import { formatTaskLine, type TaskState, toTaskState } from './state.ts';

/** The states in which a wake-up would change nothing, and why. */
const NO_REDRIVE_REASONS: Partial<Record<TaskState, string>> = {
  ended: 'the task has ended',
  expired: 'the task has expired',
  'waits for answers': 'the task waits for answers, and a wake-up cannot replace them',
};

/** The states of a task that can run, now or later, and that no worker holds. */
const IDLE_STATES: readonly TaskState[] = ['waits for a worker', 'abandoned', 'sleeps'];

/** @throws NotDone */
export async function redriveTasks(
  deployment: Deployment,
  args: TasksArguments,
  terminal: OperatorTerminal,
): Promise<void> {
  if (args.id === undefined) return redriveAllTasks(deployment, args, terminal);
  const row = await findTaskRow(deployment, args, terminal);
  const now = Date.now();
  const state = toTaskState(row, now);
  terminal.notify(formatTaskLine(row, now));
  const reason = NO_REDRIVE_REASONS[state];
  if (reason !== undefined) throw new NotDone(`Nothing to redrive: ${reason}.`);
  if (state === 'runs') terminal.notify('A worker is running it: the message waits until the lease would run out.');
  terminal.notify(`The wake-up of generation ${row.generation} will be sent.`);
  await requireConsent(terminal, args.yes, `Redrive task ${row.id}?`);
  await redriveWakeUp(deployment, row);
  terminal.print(formatSentLine(args, row));
}

/** For use after a queue was purged or a table restored. */
async function redriveAllTasks(
  deployment: Deployment,
  args: TasksArguments,
  terminal: OperatorTerminal,
): Promise<void> {
  let sent = 0;
  await forEachPage(deployment, { ...args, status: args.status ?? 'open' }, terminal, async ({ rows }) => {
    const now = Date.now();
    const idle = rows.filter((row) => IDLE_STATES.includes(toTaskState(row, now)));
    if (idle.length === 0) return;
    for (const row of idle) terminal.notify(formatTaskLine(row, now));
    await requireConsent(terminal, args.yes, `Send the wake-ups of these tasks (${idle.length})?`);
    for (const row of idle) {
      await redriveWakeUp(deployment, row);
      terminal.print(formatSentLine(args, row));
      sent += 1;
    }
  });
  terminal.notify(`Wake-ups sent: ${sent}.`);
}

const formatSentLine = ({ json }: TasksArguments, { id, generation }: TaskRow): string =>
  json ? JSON.stringify({ id, generation, sent: true }) : `Sent the wake-up of ${id}, generation ${generation}.`;

/** `commitBy` is now: the write that made the row runnable was committed long ago, so no worker has to wait for it. */
async function redriveWakeUp({ queue }: Deployment, row: TaskRow): Promise<void> {
  await sendWakeUp(queue, buildWakeUp(row, { generation: row.generation, commitBy: Date.now() }));
}
