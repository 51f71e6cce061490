/** Cancel, from every state, with and without a clean-up. */
import type { CrashScenario } from './scenario.ts';

export const CANCEL_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'cancel of a parked task',
    reaches: ['api: cancel'],
    minCrashPoints: 70,
    play: async (client) => {
      const task = await client.start('asks');
      await task.pollUntil((view) => view.status === 'input_required');
      await task.cancel();
      await task.expectCancelled();
    },
  },
  {
    name: 'cancel of a running task',
    reaches: ['api: cancel', 'worker: heartbeat'],
    minCrashPoints: 130,
    play: async (client) => {
      const task = await client.start('long');
      await client.pause(7_000);
      await task.cancel();
      await task.expectCancelled();
    },
  },
  {
    name: 'cancel of a parked task that needs a clean-up',
    reaches: [
      'api: cancel',
      'api: send',
      'api: cancel, owing clean-up',
      'worker: claim clean-up',
      'worker: clean-up done',
    ],
    minCrashPoints: 120,
    crashTwice: true,
    play: async (client) => {
      const task = await client.start('asksAndCleansUp');
      await task.pollUntil((view) => view.status === 'input_required');
      await task.cancel();
      await task.expectCancelled({ cleanedUp: true });
    },
  },
  {
    name: 'cancel of a running task that needs a clean-up',
    reaches: ['api: cancel, owing clean-up', 'worker: claim clean-up', 'worker: heartbeat', 'worker: clean-up done'],
    minCrashPoints: 180,
    play: async (client) => {
      const task = await client.start('worksAndCleansUp');
      await client.pause(5_000);
      await task.cancel();
      await task.expectCancelled({ cleanedUp: true });
    },
  },
];
