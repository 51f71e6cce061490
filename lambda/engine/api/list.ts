/** List: a caller's own tasks, newest first, whichever dialect made them. */
import type { TaskRow } from '../../tasks/record.ts';
import { isVisible } from '../../tasks/record.ts';
import type { Caller, TaskSummary } from '../model.ts';
import { listOwnerPartitions } from '../partition.ts';
import { toTaskSummary } from '../view.ts';
import type { EngineContext } from './context.ts';

export interface TaskPage {
  readonly tasks: readonly TaskSummary[];
  /** The id after which the next page starts; absent on the last page. */
  readonly next?: string;
}

export function listTasks(engine: EngineContext) {
  const { store, clock, settings } = engine;

  /** The next rows of all partitions of an owner, merged. */
  async function rowsAfter(partitions: readonly string[], limit: number, after: string | undefined) {
    const options = { limit, ...(after !== undefined && { after }) };
    const pages = await Promise.all(partitions.map((partition) => store.list(partition, options)));
    const rows: TaskRow[] = pages.flatMap((page) => page.rows).sort((a, b) => (a.id < b.id ? 1 : -1));
    const more = rows.length > limit || pages.some((page) => page.next !== undefined);
    return { rows: rows.slice(0, limit), more };
  }

  /** One request for each of the owner's shards; another where a whole page has expired. */
  return async (caller: Caller, page: { readonly limit: number; readonly after?: string }): Promise<TaskPage> => {
    if (caller.owner === undefined) return { tasks: [] };
    const partitions = listOwnerPartitions(caller.owner, settings.ownerShards);
    for (let { after } = page; ; ) {
      const { rows, more } = await rowsAfter(partitions, page.limit, after);
      const now = clock.now();
      const tasks = rows.filter((row) => isVisible(row, now)).map((row) => toTaskSummary(row, now));
      after = rows.at(-1)?.id;
      if (!more || after === undefined) return { tasks };
      if (tasks.length > 0) return { tasks, next: after };
    }
  };
}
