/** What each request is called: the protocol's word for the write. */
import type { TaskKey } from '../../lambda/tasks/record.ts';
import type { Change, TaskStore } from '../../lambda/tasks/store.ts';
import type { ScriptedSimulator } from './scripted-simulator.ts';

/** Requests that change nothing. */
export const READ_REQUESTS: ReadonlySet<string> = new Set(['read', 'read journal', 'list', 'get payload']);

/** Told by what it sets, since that is what it is. */
export function nameChange({ set = {}, add = {}, remove = [] }: Change): string {
  if (add.failures) return set.generation === undefined ? 'claim clean-up' : 'claim';
  if (set.status === 'cancelled') return set.cleanUp === 'owed' ? 'cancel, owing clean-up' : 'cancel';
  if (set.outcome !== undefined) return 'settle';
  if (set.parked) return set.wakeAt === undefined ? 'park' : 'park with timer';
  if (set.phaseAt !== undefined) return set.generation === undefined ? 'answer, partial' : 'answer, completing';
  if (set.questions !== undefined) return 'withdraw';
  if (set.endedBy !== undefined) return 'hand over';
  if (remove.includes('cleanUp')) return 'clean-up done';
  if (set.leaseUntil !== undefined) return 'heartbeat';
  if (set.generation !== undefined) return 'overtake';
  return 'update';
}

/**
 * The same store, whose requests have names.
 * @param inserting told of each row that is about to be written anew
 */
export const nameStoreRequests = (
  world: ScriptedSimulator,
  store: TaskStore,
  inserting: (key: TaskKey) => void,
): TaskStore => ({
  insert: (row) => {
    inserting(row);
    return world.withRequestName(row.void ? 'bar create' : 'create', () => store.insert(row));
  },
  insertOnce: (row, key, now) => {
    inserting(row);
    return world.withRequestName('create once', () => store.insertOnce(row, key, now));
  },
  update: (change) => world.withRequestName(nameChange(change), () => store.update(change)),
  record: (change, entry, token) => world.withRequestName('step', () => store.record(change, entry, token)),
  read: (key) => world.withRequestName('read', () => store.read(key)),
  journal: (task) => world.withRequestName('read journal', () => store.journal(task)),
  list: (partition, options) => world.withRequestName('list', () => store.list(partition, options)),
});
