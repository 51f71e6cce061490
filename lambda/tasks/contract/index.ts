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
 * What every task store promises, as a suite: call it in a test file with the store to be held to it.
 *
 * @param name of the store, for the report
 * @param makeStore is called once; the suite uses keys of its own, so the store may hold other rows
 */
export const taskStoreContract = (name: string, makeStore: () => TaskStore | Promise<TaskStore>): void => {
  describe(`${name} keeps the contract of a task store`, () => {
    let made: TaskStore;
    beforeAll(async () => {
      made = await makeStore();
    });
    const store = () => made;
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
