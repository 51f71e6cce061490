/** Work: create, claim, steps, heartbeats, hand-over, settle. */
import { ENDS_AFTER } from '../faults.ts';
import { LARGE } from '../tools.ts';
import { CREATE, RUN, type Scenario } from './scenario.ts';

export const RUNNING: readonly Scenario[] = [
  {
    name: 'create, claim and settle',
    reaches: [...CREATE, ...RUN],
    atLeast: 50,
    twice: true,
    play: async (client) => {
      const task = await client.start('plain');
      await task.completes();
    },
  },
  {
    name: 'steps, in a row and side by side',
    reaches: ['worker: step', ...RUN],
    atLeast: 70,
    twice: true,
    play: async (client) => {
      const task = await client.start('steps');
      await task.completes({ steps: 3 });
    },
  },
  {
    name: 'heartbeats, and a hand-over',
    reaches: ['worker: heartbeat', 'worker: send', 'worker: hand over', 'worker: read journal'],
    // Its last step only just fits into the run: a second later it is stopped, and made again by the next one.
    retryDelaysAtMostMs: 17_000,
    atLeast: 700,
    play: async (client) => {
      const task = await client.start('long');
      await client.pause(70_000);
      await task.completes({ steps: 5 });
    },
  },
  {
    name: 'a step that fails and is tried again later',
    reaches: ['worker: step', 'worker: park with timer'],
    atLeast: 170,
    play: async (client) => {
      const task = await client.start('failsTwice');
      await task.completes({ steps: 1 });
    },
  },
  {
    name: 'arguments, question, step, answer and result too large for the row',
    reaches: ['api: put payload', 'worker: put payload', 'worker: get payload', 'api: get payload'],
    atLeast: 170,
    play: async (client) => {
      const check = 'y'.repeat(LARGE);
      const task = await client.start('large', { text: 'x'.repeat(LARGE) });
      await task.answer({ check });
      await task.completes({ steps: 1, answers: { check } });
    },
  },
  {
    name: 'a call that is made again under its idempotency key',
    given: [{ request: 'api: create once', nth: 1, fault: ENDS_AFTER }],
    reaches: ['api: send', 'api: create once', 'worker: bar create', ...RUN],
    atLeast: 620,
    play: async (client) => {
      const again = { idempotencyKey: 'this very call' };
      const [one, other] = [await client.start('plain', {}, again), await client.start('plain', {}, again)];
      client.expectSame(one.id, other.id);
      await one.completes();
    },
  },
  {
    name: 'a tool that kills every worker',
    reaches: ['worker: claim', 'worker: settle'],
    atLeast: 150,
    delaysAtMostMs: 130_000,
    play: async (client) => {
      const task = await client.start('poison');
      await task.failsForItsRuns();
    },
  },
];
