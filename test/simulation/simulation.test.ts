/** Seeded schedules of the real engine under everything that Lambda, SQS and DynamoDB can do to it. */
import { describe, expect, test } from 'vitest';
import { exploreSchedules } from './explore.ts';
import { MUTATIONS } from './mutations.ts';

/** `npm run simulate` runs a hundred thousand. */
const SCHEDULES = 4_000;
/** A mutation has to be noticed within this many schedules. */
const MAX_SCHEDULES = 6_000;

describe('every interleaving that matters', () => {
  test(`keeps every promise in ${SCHEDULES} schedules`, async () => {
    const { schedules, failures, events } = await exploreSchedules(1, 1 + SCHEDULES);
    expect(failures, 'replay one with: npm run simulate -- --seed N').toEqual([]);
    expect(schedules).toBe(SCHEDULES);
    // The schedules really reach the rare paths.
    for (const event of [
      'create.barred',
      'wakeup.barred',
      'task.handedOver',
      'run.superseded',
      'run.lost',
      'cleanUp.done',
      'message.redriven',
    ])
      expect(events[event], event).toBeGreaterThan(0);
  });
});

describe('the simulation notices the loss of', () => {
  test.each(MUTATIONS)('$without', async ({ without: _, ...changes }) => {
    const { failures } = await exploreSchedules(1, 1 + MAX_SCHEDULES, changes, true);
    expect(failures).toHaveLength(1);
  });
});
