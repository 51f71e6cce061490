import { groupOf } from '../../lambda/engine/partition.ts';
import type { TaskRow } from '../../lambda/tasks/record.ts';
import type { TasksArguments } from './arguments.ts';
import { consent, type Terminal } from './console.ts';
import type { Deployment } from './deployment.ts';
import { findTask } from './find.ts';
import { eachPage } from './list.ts';
import { NotDone } from './not-done.ts';
import { isOwed, lineOf, type State, stateOf } from './state.ts';

/** What a wake-up that nobody is owed would find. */
const NOTHING: Partial<Record<State, string>> = {
  ended: 'the task has ended',
  expired: 'the task has expired',
  'waits for answers': 'the task waits for answers, and no wake-up stands in for one',
};

export async function redrive(deployment: Deployment, args: TasksArguments, terminal: Terminal): Promise<void> {
  if (args.id === undefined) return redriveAll(deployment, args, terminal);
  const row = await findTask(deployment, args, terminal);
  const now = Date.now();
  const state = stateOf(row, now);
  terminal.say(lineOf(row, now));
  if (!isOwed(state)) throw new NotDone(`Nothing to redrive: ${NOTHING[state]}.`);
  if (state === 'runs') terminal.say('A worker has it: the message waits until its lease would run out.');
  terminal.say(`The wake-up of its generation ${row.generation} will be sent.`);
  await consent(terminal, args.yes, `Redrive task ${row.id}?`);
  await send(deployment, row);
  terminal.print(sentLine(args, row));
}

/** Those that can run and that nobody works on: after a queue was purged, or a table restored. */
async function redriveAll(deployment: Deployment, args: TasksArguments, terminal: Terminal): Promise<void> {
  let sent = 0;
  await eachPage(deployment, { ...args, status: args.status ?? 'open' }, terminal, async ({ rows }) => {
    const now = Date.now();
    const owed = rows.filter((row) => ['waits for a worker', 'abandoned', 'sleeps'].includes(stateOf(row, now)));
    if (owed.length === 0) return;
    for (const row of owed) terminal.say(lineOf(row, now));
    await consent(terminal, args.yes, `Send the wake-ups of these ${owed.length} tasks?`);
    for (const row of owed) {
      await send(deployment, row);
      terminal.print(sentLine(args, row));
      sent += 1;
    }
  });
  terminal.say(`${sent} wake-ups sent.`);
}

const sentLine = ({ json }: TasksArguments, { id, generation }: TaskRow): string =>
  json ? JSON.stringify({ id, generation, sent: true }) : `Sent the wake-up of ${id}, generation ${generation}.`;

/** Whoever made the row runnable has committed long ago: no worker needs to wait for a commit, and the claim decides. */
async function send({ queue }: Deployment, row: TaskRow): Promise<void> {
  const { partition, id: task, generation, traceparent } = row;
  const wakeUp = { partition, task, generation, commitBy: Date.now(), ...(traceparent && { traceparent }) };
  await queue.send(wakeUp, groupOf(partition));
}
