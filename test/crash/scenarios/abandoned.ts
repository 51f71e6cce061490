/** What is left behind: dead letters, and wake-ups whose sender never committed. */
import { AFTER_WORKER, ENDS_AFTER, ENDS_BEFORE } from '../faults.ts';
import { CREATE, RUN, type Scenario } from './scenario.ts';

export const ABANDONED: readonly Scenario[] = [
  {
    name: 'a redrive from the dead-letter queue',
    given: [{ request: 'worker: change visibility', nth: 1, fault: ENDS_AFTER }],
    maxReceiveCount: 1,
    reaches: ['dead-letter: read', 'dead-letter: send', ...RUN],
    // Another round through the dead-letter queue, which pauses for a minute.
    delaysAtMostMs: 135_000,
    atLeast: 110,
    play: async (client) => {
      const task = await client.start('steps');
      await client.pause(70_000);
      await task.completes({ steps: 3 });
    },
  },
  {
    name: 'a dead letter of a task that is over',
    given: [{ request: 'worker: change visibility', nth: 1, fault: ENDS_AFTER }],
    maxReceiveCount: 1,
    reaches: ['dead-letter: read', 'poller: delete message'],
    atLeast: 50,
    play: async (client) => {
      const task = await client.start('asks');
      await client.pause(2_000);
      await task.cancel();
      await task.staysCancelled();
    },
  },
  {
    name: 'an abandoned create',
    given: [{ request: 'api: create', nth: 1, fault: ENDS_BEFORE }],
    reaches: ['worker: bar create', ...CREATE, ...RUN],
    atLeast: 330,
    play: async (client) => {
      const task = await client.start('plain');
      await task.completes();
    },
  },
  {
    name: 'an abandoned create that lands on its void row',
    given: [{ request: 'api: create', nth: 1, fault: { name: 'late', lands: AFTER_WORKER, sender: 'ends' } }],
    reaches: ['worker: bar create', ...CREATE, ...RUN],
    atLeast: 330,
    play: async (client) => {
      const task = await client.start('plain');
      await task.completes();
    },
  },
  {
    name: 'an abandoned answer',
    given: [{ request: 'api: answer, completing', nth: 1, fault: ENDS_BEFORE }],
    retryAfterMs: 60_000,
    reaches: ['worker: overtake', 'api: answer, completing'],
    atLeast: 410,
    play: async (client) => {
      const task = await client.start('asks');
      await task.answer({ q: 'yes' });
      await task.completes({ steps: 2, answers: { q: 'yes' } });
    },
  },
  {
    name: 'an abandoned answer to a question that has a timer',
    given: [{ request: 'api: answer, completing', nth: 1, fault: ENDS_BEFORE }],
    retryAfterMs: 60_000,
    reaches: ['worker: overtake', 'worker: send', 'api: answer, completing'],
    atLeast: 440,
    play: async (client) => {
      const task = await client.start('patient');
      await task.answer({ q: 'yes' });
      await task.completes({ answers: { q: 'yes' } });
    },
  },
];
