import { beforeAll, describe } from 'vitest';
import type { TaskStore } from '../store.ts';
import { conditions } from './conditions.ts';
import { idempotency } from './idempotency.ts';
import { inserting } from './inserting.ts';
import { journal } from './journal.ts';
import { listing } from './listing.ts';
import { races } from './races.ts';
import { text } from './text.ts';
import { updating } from './updating.ts';

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
    inserting(store);
    idempotency(store);
    conditions(store);
    updating(store);
    journal(store);
    listing(store);
    races(store);
    text(store);
  });
};
