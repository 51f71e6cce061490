import { toTaskPartition } from '../../lambda/engine/partition.ts';
import type { TaskRow } from '../../lambda/tasks/record.ts';
import type { TasksArguments } from './arguments.ts';
import { type OperatorTerminal, requireConsent } from './console.ts';
import type { Deployment } from './deployment.ts';
import { NotDone } from './not-done.ts';
import { readPages } from './pages.ts';

/**
 * The row of a task: by key where its owner is known or the server has none, otherwise by going through the table.
 *
 * @throws NotDone when it is not there
 */
export async function findTaskRow(
  deployment: Deployment,
  { id = '', owner, shards, page, yes }: TasksArguments,
  terminal: OperatorTerminal,
): Promise<TaskRow> {
  const key = { partition: toTaskPartition(owner === undefined ? {} : { owner }, id, shards), id };
  const row = await deployment.store.read(key);
  if (row && !row.void) return row;
  if (owner !== undefined) throw new NotDone(`That owner has no task ${id}.`);
  terminal.notify(`No task ${id} without an owner. With --owner HASH ("owner" in its log lines) it is one read.`);
  await requireConsent(terminal, yes, 'Look for it in the whole table (Scan)?');
  let units = 0;
  for await (const found of readPages(deployment, { id, shards, page: Math.max(page, 1_000) })) {
    units += found.units;
    const [first] = found.rows;
    if (!first) continue;
    terminal.notify(`Found after ${units} read units.`);
    return (await deployment.store.read(first)) ?? first;
  }
  throw new NotDone(`There is no task ${id} in the table (${units} read units).`);
}
