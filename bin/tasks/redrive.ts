import { toFairnessGroup } from '../../lambda/engine/partition.ts';
import type { TaskRow } from '../../lambda/tasks/record.ts';
import type { TasksArguments } from './arguments.ts';
import { type OperatorTerminal, requireConsent } from './console.ts';
import type { Deployment } from './deployment.ts';
import { findTaskRow } from './find.ts';
import { forEachPage } from './list.ts';
import { NotDone } from './not-done.ts';
import { formatTaskLine, isWakeUpOwed, type TaskState, toTaskState } from './state.ts';

/** What a wake-up that nobody is owed would find. */
const NO_REDRIVE_REASONS: Partial<Record<TaskState, string>> = {
  ended: 'the task has ended',
  expired: 'the task has expired',
  'waits for answers': 'the task waits for answers, and no wake-up stands in for one',
};

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
  if (!isWakeUpOwed(state)) throw new NotDone(`Nothing to redrive: ${NO_REDRIVE_REASONS[state]}.`);
  if (state === 'runs') terminal.notify('A worker has it: the message waits until its lease would run out.');
  terminal.notify(`The wake-up of its generation ${row.generation} will be sent.`);
  await requireConsent(terminal, args.yes, `Redrive task ${row.id}?`);
  await redriveWakeUp(deployment, row);
  terminal.print(formatSentLine(args, row));
}

/** Those that can run and that nobody works on: after a queue was purged, or a table restored. */
async function redriveAllTasks(
  deployment: Deployment,
  args: TasksArguments,
  terminal: OperatorTerminal,
): Promise<void> {
  let sent = 0;
  await forEachPage(deployment, { ...args, status: args.status ?? 'open' }, terminal, async ({ rows }) => {
    const now = Date.now();
    const owed = rows.filter((row) => ['waits for a worker', 'abandoned', 'sleeps'].includes(toTaskState(row, now)));
    if (owed.length === 0) return;
    for (const row of owed) terminal.notify(formatTaskLine(row, now));
    await requireConsent(terminal, args.yes, `Send the wake-ups of these ${owed.length} tasks?`);
    for (const row of owed) {
      await redriveWakeUp(deployment, row);
      terminal.print(formatSentLine(args, row));
      sent += 1;
    }
  });
  terminal.notify(`${sent} wake-ups sent.`);
}

const formatSentLine = ({ json }: TasksArguments, { id, generation }: TaskRow): string =>
  json ? JSON.stringify({ id, generation, sent: true }) : `Sent the wake-up of ${id}, generation ${generation}.`;

/** Whoever made the row runnable has committed long ago: no worker needs to wait for a commit, and the claim decides. */
async function redriveWakeUp({ queue }: Deployment, row: TaskRow): Promise<void> {
  const { partition, id: task, generation, traceparent } = row;
  const wakeUp = { partition, task, generation, commitBy: Date.now(), ...(traceparent && { traceparent }) };
  await queue.send(wakeUp, toFairnessGroup(partition));
}
