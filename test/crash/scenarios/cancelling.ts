/** Cancel, from every state and with something to clean up. */
import type { Scenario } from './scenario.ts';

export const CANCELLING: readonly Scenario[] = [
  {
    name: 'cancel of a parked task',
    reaches: ['api: cancel'],
    atLeast: 70,
    play: async (client) => {
      const task = await client.start('asks');
      await task.until((view) => view.status === 'input_required');
      await task.cancel();
      await task.staysCancelled();
    },
  },
  {
    name: 'cancel of a running task',
    reaches: ['api: cancel', 'worker: heartbeat'],
    atLeast: 130,
    play: async (client) => {
      const task = await client.start('long');
      await client.pause(7_000);
      await task.cancel();
      await task.staysCancelled();
    },
  },
  {
    name: 'cancel of a parked task that has something to clean up',
    reaches: [
      'api: cancel',
      'api: send',
      'api: cancel, owing clean-up',
      'worker: claim clean-up',
      'worker: clean-up done',
    ],
    atLeast: 120,
    twice: true,
    play: async (client) => {
      const task = await client.start('asksAndCleansUp');
      await task.until((view) => view.status === 'input_required');
      await task.cancel();
      await task.staysCancelled({ cleanedUp: true });
    },
  },
  {
    name: 'cancel of a running task that has something to clean up',
    reaches: ['api: cancel, owing clean-up', 'worker: claim clean-up', 'worker: heartbeat', 'worker: clean-up done'],
    atLeast: 180,
    play: async (client) => {
      const task = await client.start('worksAndCleansUp');
      await client.pause(5_000);
      await task.cancel();
      await task.staysCancelled({ cleanedUp: true });
    },
  },
];
