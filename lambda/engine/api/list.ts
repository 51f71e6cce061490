/** List: a caller's own tasks, newest first, whichever protocol revision created them. */
import { isVisible, type TaskRow } from '../../tasks/record.ts';
import type { Caller, TaskSummary } from '../model.ts';
import { listOwnerPartitions } from '../partition.ts';
import { toTaskSummary } from '../view.ts';
import type { EngineContext } from './context.ts';

export interface TaskPage {
  readonly tasks: readonly TaskSummary[];
  /** The id after which the next page starts; absent on the last page. */
  readonly next?: string;
}

/** One request for each of the owner's shards, and more only where every task of a page has expired. */
export async function listTasks(
  { store, clock, settings }: EngineContext,
  { owner }: Caller,
  page: { readonly limit: number; readonly after?: string },
): Promise<TaskPage> {
  if (owner === undefined) return { tasks: [] };
  const partitions = listOwnerPartitions(owner, settings.ownerShards);
  for (let { after } = page; ; ) {
    const { rows, hasMore } = await readMergedPage(store, partitions, page.limit, after);
    const now = clock.now();
    const tasks = rows.filter((row) => isVisible(row, now)).map((row) => toTaskSummary(row, now));
    after = rows.at(-1)?.id;
    if (!hasMore || after === undefined) return { tasks };
    if (tasks.length > 0) return { tasks, next: after };
  }
}

/** The next rows of all of an owner's partitions. */
async function readMergedPage(
  store: EngineContext['store'],
  partitions: readonly string[],
  limit: number,
  after: string | undefined,
): Promise<{ readonly rows: readonly TaskRow[]; readonly hasMore: boolean }> {
  const options = { limit, ...(after !== undefined && { after }) };
  const pages = await Promise.all(partitions.map((partition) => store.list(partition, options)));
  const rows = pages.flatMap((page) => page.rows).sort((a, b) => (a.id < b.id ? 1 : -1));
  const hasMore = rows.length > limit || pages.some((page) => page.next !== undefined);
  return { rows: rows.slice(0, limit), hasMore };
}
