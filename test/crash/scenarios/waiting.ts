/** Waiting: questions, answers, timeouts, sleeps, outside work. */
import { type CrashScenario, RUN_REQUESTS } from './scenario.ts';

export const WAIT_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'a park, an answer and a resume',
    reaches: ['worker: park', 'api: answer, completing', 'api: read', ...RUN_REQUESTS],
    minCrashPoints: 120,
    crashTwice: true,
    play: async (client) => {
      const task = await client.start('asks');
      await task.answer({ q: 'yes' });
      await task.expectCompleted({ steps: 2, answers: { q: 'yes' } });
    },
  },
  {
    name: 'partial answers, one after the other',
    reaches: ['api: answer, partial', 'api: answer, completing'],
    minCrashPoints: 190,
    play: async (client) => {
      const task = await client.start('asksTwo');
      await task.answer({ two: 'second' });
      await task.answer({ one: 'first' });
      await task.answer({ three: 'third' });
      await task.expectCompleted({ steps: 1, answers: { one: 'first', two: 'second', three: 'third' } });
    },
  },
  {
    name: 'partial answers that race',
    reaches: ['api: answer, partial', 'api: answer, completing'],
    minCrashPoints: 190,
    play: async (client) => {
      const task = await client.start('asksTwo');
      await Promise.all([task.answer({ one: 'first' }), task.answer({ two: 'second' })]);
      await task.answer({ three: 'third' });
      await task.expectCompleted({ steps: 1, answers: { one: 'first', two: 'second', three: 'third' } });
    },
  },
  {
    name: 'questions that time out',
    reaches: ['worker: send', 'worker: park with timer', 'worker: withdraw'],
    minCrashPoints: 180,
    play: async (client) => {
      const task = await client.start('timesOut');
      await client.pause(40_000);
      await task.expectCompleted({ steps: 1, answers: { hurry: 'timeout', also: 'timeout' } });
    },
  },
  {
    name: 'sleeps, one longer than a message can be delayed',
    // The second send, for a timer that is claimed before it is due, is the hop.
    reaches: ['worker: park with timer', 'worker: send'],
    minCrashPoints: 210,
    play: async (client) => {
      const task = await client.start('sleeps');
      await client.pause(1_600_000);
      await task.expectCompleted({ steps: 2 });
    },
  },
  {
    name: 'an answer while runs continue next to the question',
    reaches: ['api: answer, partial', 'worker: park with timer', 'worker: step'],
    minCrashPoints: 380,
    play: async (client) => {
      const task = await client.start('asksWhileWorking');
      await task.answer({ slow: 'slowly' });
      await task.answer({ other: 'otherwise' });
      await task.expectCompleted({ steps: 4, answers: { slow: 'slowly', other: 'otherwise' } });
    },
  },
  {
    name: 'an answer to a question that has timed out',
    reaches: ['worker: withdraw', 'worker: park with timer'],
    minCrashPoints: 190,
    play: async (client) => {
      const task = await client.start('shortTimeout');
      await client.pause(12_000);
      await task.answerNow({ q: 'late' });
      await task.expectCompleted({ steps: 2, answers: { q: ['timeout', 'late'] } });
    },
  },
  {
    name: 'outside work that ends while the task waits for it',
    reaches: ['worker: park', 'api: answer, completing'],
    minCrashPoints: 140,
    play: async (client) => {
      const task = await client.start('outside');
      await client.pause(5_000);
      await task.completeJob('done');
      await task.expectCompleted({ steps: 2, answers: { job: 'done' } });
    },
  },
  {
    name: 'outside work that ends before the task waits for it',
    reaches: ['api: answer, partial', 'worker: heartbeat'],
    minCrashPoints: 150,
    play: async (client) => {
      const task = await client.start('outside');
      await task.completeJob('done');
      await task.expectCompleted({ steps: 2, answers: { job: 'done' } });
    },
  },
];
