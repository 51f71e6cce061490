/** The short form of `npm run soak`: the real processes, killed again and again. */
import { expect, inject, test } from 'vitest';
import { formatSummary, isSound } from './report.ts';
import { runSoak } from './soak.ts';

const TASKS = 60;

test('loses, sticks and repeats nothing while workers are killed', { timeout: 600_000 }, async () => {
  const report = await runSoak({
    ...{ dynamodb: inject('dynamoDbEndpoint'), template: inject('template') },
    ...{ tasks: TASKS, durationMs: 25_000, killEveryMs: 2_000 },
  });
  console.log(formatSummary(report));
  expect(report).toMatchObject({ created: TASKS, failed: 0, lost: 0, stuck: 0, duplicated: 0, messagesLeft: 0 });
  expect(report.problems).toEqual([]);
  // It was a test: workers died, some with a task in their hands, and every such task was taken up again.
  expect(report.kills).toBeGreaterThan(0);
  expect(report.recoveriesMs.length).toBeGreaterThan(0);
  expect(isSound(report)).toBe(true);
});
