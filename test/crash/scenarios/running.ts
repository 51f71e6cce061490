/** Work: create, claim, steps, heartbeats, hand-over, settle. */
import { CRASH_AFTER } from '../faults.ts';
import { LARGE_TEXT_LENGTH } from '../tools.ts';
import { CREATE_REQUESTS, type CrashScenario, RUN_REQUESTS } from './scenario.ts';

export const RUN_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'create, claim and settle',
    reaches: [...CREATE_REQUESTS, ...RUN_REQUESTS],
    minCrashPoints: 50,
    crashTwice: true,
    play: async (client) => {
      const task = await client.start('plain');
      await task.expectCompleted();
    },
  },
  {
    name: 'steps, in sequence and in parallel',
    reaches: ['worker: step', ...RUN_REQUESTS],
    minCrashPoints: 70,
    crashTwice: true,
    play: async (client) => {
      const task = await client.start('steps');
      await task.expectCompleted({ steps: 3 });
    },
  },
  {
    name: 'heartbeats, and a hand-over',
    reaches: ['worker: heartbeat', 'worker: send', 'worker: hand over', 'worker: read journal'],
    // Its last step only just fits into the run: a second later it is stopped, and the next run repeats it.
    maxRetryDelayMs: 17_000,
    minCrashPoints: 700,
    play: async (client) => {
      const task = await client.start('long');
      await client.pause(70_000);
      await task.expectCompleted({ steps: 5 });
    },
  },
  {
    name: 'a step that fails and is retried later',
    reaches: ['worker: step', 'worker: park with timer'],
    minCrashPoints: 170,
    play: async (client) => {
      const task = await client.start('failsTwice');
      await task.expectCompleted({ steps: 1 });
    },
  },
  {
    name: 'arguments, question, step, answer and result too large for the row',
    reaches: ['api: put payload', 'worker: put payload', 'worker: get payload', 'api: get payload'],
    minCrashPoints: 170,
    play: async (client) => {
      const check = 'y'.repeat(LARGE_TEXT_LENGTH);
      const task = await client.start('large', { text: 'x'.repeat(LARGE_TEXT_LENGTH) });
      await task.answer({ check });
      await task.expectCompleted({ steps: 1, answers: { check } });
    },
  },
  {
    name: 'a call that is repeated with its idempotency key',
    standingFaults: [{ request: 'api: create once', nth: 1, fault: CRASH_AFTER }],
    reaches: ['api: send', 'api: create once', 'worker: bar create', ...RUN_REQUESTS],
    minCrashPoints: 620,
    play: async (client) => {
      const options = { idempotencyKey: 'this very call' };
      const [one, other] = [await client.start('plain', {}, options), await client.start('plain', {}, options)];
      client.expectSameTask(one.id, other.id);
      await one.expectCompleted();
    },
  },
  {
    name: 'a tool that kills every worker',
    reaches: ['worker: claim', 'worker: settle'],
    minCrashPoints: 150,
    maxDelayMs: 130_000,
    play: async (client) => {
      const task = await client.start('poison');
      await task.expectRunsExhausted();
    },
  },
];
