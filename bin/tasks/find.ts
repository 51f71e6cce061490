/** Finds one task by its id. */
import { toTaskPartition } from '../../lambda/engine/partition.ts';
import type { TaskRow } from '../../lambda/tasks/record.ts';
import type { TasksArguments } from './arguments.ts';
import { NotDone, type OperatorTerminal, requireConsent } from './console.ts';
import type { Deployment } from './deployment.ts';
import { readPages } from './pages.ts';

/** Items read for each page of a search, at the least. */
const MIN_SCAN_PAGE = 1_000;

/**
 * The row of a task: read by its key if the owner is given or the server is anonymous, otherwise found with a Scan of
 * the whole table, after asking.
 *
 * @throws NotDone if there is no such task
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
  terminal.notify(`No task ${id} without an owner. With --owner HASH ("owner" in its log lines), one read finds it.`);
  await requireConsent(terminal, yes, 'Search the whole table for it (Scan)?');
  const query = { id, shards, page: Math.max(page, MIN_SCAN_PAGE) };
  let units = 0;
  for await (const found of readPages(deployment, query)) {
    units += found.units;
    const [first] = found.rows;
    if (!first) continue;
    terminal.notify(`Found after ${units} read units.`);
    return (await deployment.store.read(first)) ?? first;
  }
  throw new NotDone(`There is no task ${id} in the table (${units} read units).`);
}
