import { beforeAll, describe } from 'vitest';
import type { TaskStore } from '../../lambda/tasks/store.ts';
import { conditions } from './contract/conditions.ts';
import { idempotency } from './contract/idempotency.ts';
import { inserting } from './contract/inserting.ts';
import { journal } from './contract/journal.ts';
import { listing } from './contract/listing.ts';
import { races } from './contract/races.ts';
import { text } from './contract/text.ts';
import { updating } from './contract/updating.ts';

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
