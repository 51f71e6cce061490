/** Names for requests: the protocol's word for each write. */
import type { TaskKey } from '../../lambda/tasks/record.ts';
import type { Change, TaskStore } from '../../lambda/tasks/store.ts';
import type { ScriptedSimulator } from './scripted-simulator.ts';

/** Requests that only read. */
export const READ_REQUESTS: ReadonlySet<string> = new Set(['read', 'read journal', 'list', 'get payload']);

/** Names a change by what it sets. */
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
 * @param onInsert called with the key of each row before it is inserted
 */
export function nameStoreRequests(
  world: ScriptedSimulator,
  store: TaskStore,
  onInsert: (key: TaskKey) => void,
): TaskStore {
  return {
    insert: (row) => {
      onInsert(row);
      return world.withRequestName(row.void ? 'bar create' : 'create', () => store.insert(row));
    },
    insertOnce: (row, key, now) => {
      onInsert(row);
      return world.withRequestName('create once', () => store.insertOnce(row, key, now));
    },
    update: (change) => world.withRequestName(nameChange(change), () => store.update(change)),
    record: (change, entry, token) => world.withRequestName('step', () => store.record(change, entry, token)),
    read: (key) => world.withRequestName('read', () => store.read(key)),
    journal: (task) => world.withRequestName('read journal', () => store.journal(task)),
    list: (partition, options) => world.withRequestName('list', () => store.list(partition, options)),
  };
}
