/** The suite that every task store must pass. */
import { beforeAll, describe } from 'vitest';
import type { TaskStore } from '../store.ts';
import { testConditions } from './conditions.ts';
import { testInsertOnce } from './idempotency.ts';
import { testInsert } from './inserting.ts';
import { testJournal } from './journal.ts';
import { testList } from './listing.ts';
import { testRaces } from './races.ts';
import { testText } from './text.ts';
import { testUpdate } from './updating.ts';

/**
 * Declares the suite for a store; call it in a test file (vitest).
 *
 * @param name of the store, for the report
 * @param makeStore is called once; the suite uses its own keys, so the store may hold other rows
 *
 * @example
 * ```ts
 * import { MemoryTaskStore } from 'mcp-tasks-aws/store';
 * import { taskStoreContract } from 'mcp-tasks-aws/store/contract';
 *
 * taskStoreContract('the memory store', () => new MemoryTaskStore());
 * ```
 */
export const taskStoreContract = (name: string, makeStore: () => TaskStore | Promise<TaskStore>): void => {
  describe(`${name} keeps the contract of a task store`, () => {
    let createdStore: TaskStore;
    beforeAll(async () => {
      createdStore = await makeStore();
    });
    const store = () => createdStore;
    testInsert(store);
    testInsertOnce(store);
    testConditions(store);
    testUpdate(store);
    testJournal(store);
    testList(store);
    testRaces(store);
    testText(store);
  });
};
