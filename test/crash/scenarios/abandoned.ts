/** Leftovers: dead letters, and wake-ups whose sender never committed. */
import { AFTER_WORKER_DEADLINE_MS, CRASH_AFTER, CRASH_BEFORE } from '../faults.ts';
import { CREATE_REQUESTS, type CrashScenario, RUN_REQUESTS } from './scenario.ts';

export const ABANDONED_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'a redrive from the dead-letter queue',
    standingFaults: [{ request: 'worker: change visibility', nth: 1, fault: CRASH_AFTER }],
    maxReceiveCount: 1,
    reaches: ['dead-letter: read', 'dead-letter: send', ...RUN_REQUESTS],
    // Another round through the dead-letter queue, which waits for a minute.
    maxDelayMs: 135_000,
    minCrashPoints: 110,
    play: async (client) => {
      const task = await client.start('steps');
      await client.pause(70_000);
      await task.expectCompleted({ steps: 3 });
    },
  },
  {
    name: 'a dead letter of a task that has ended',
    standingFaults: [{ request: 'worker: change visibility', nth: 1, fault: CRASH_AFTER }],
    maxReceiveCount: 1,
    reaches: ['dead-letter: read', 'poller: delete message'],
    minCrashPoints: 50,
    play: async (client) => {
      const task = await client.start('asks');
      await client.pause(2_000);
      await task.cancel();
      await task.expectCancelled();
    },
  },
  {
    name: 'an abandoned create',
    standingFaults: [{ request: 'api: create', nth: 1, fault: CRASH_BEFORE }],
    reaches: ['worker: bar create', ...CREATE_REQUESTS, ...RUN_REQUESTS],
    minCrashPoints: 330,
    play: async (client) => {
      const task = await client.start('plain');
      await task.expectCompleted();
    },
  },
  {
    name: 'an abandoned create that lands on its void row',
    standingFaults: [
      { request: 'api: create', nth: 1, fault: { name: 'late', lands: AFTER_WORKER_DEADLINE_MS, sender: 'crashes' } },
    ],
    reaches: ['worker: bar create', ...CREATE_REQUESTS, ...RUN_REQUESTS],
    minCrashPoints: 330,
    play: async (client) => {
      const task = await client.start('plain');
      await task.expectCompleted();
    },
  },
  {
    name: 'an abandoned answer',
    standingFaults: [{ request: 'api: answer, completing', nth: 1, fault: CRASH_BEFORE }],
    retryAfterMs: 60_000,
    reaches: ['worker: overtake', 'api: answer, completing'],
    minCrashPoints: 410,
    play: async (client) => {
      const task = await client.start('asks');
      await task.answer({ q: 'yes' });
      await task.expectCompleted({ steps: 2, answers: { q: 'yes' } });
    },
  },
  {
    name: 'an abandoned answer to a question that has a timeout',
    standingFaults: [{ request: 'api: answer, completing', nth: 1, fault: CRASH_BEFORE }],
    retryAfterMs: 60_000,
    reaches: ['worker: overtake', 'worker: send', 'api: answer, completing'],
    minCrashPoints: 440,
    play: async (client) => {
      const task = await client.start('longTimeout');
      await task.answer({ q: 'yes' });
      await task.expectCompleted({ answers: { q: 'yes' } });
    },
  },
];
