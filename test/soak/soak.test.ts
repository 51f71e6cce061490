/** The short form of `npm run soak`: kills real worker processes while tasks run. */
import { expect, inject, test } from 'vitest';
import { formatSummary, isSound } from './report.ts';
import { runSoak } from './soak.ts';

const TASKS = 60;

test('no task is lost, stuck or ended twice while workers are killed', { timeout: 600_000 }, async () => {
  const report = await runSoak({
    dynamodb: inject('dynamoDbEndpoint'),
    template: inject('template'),
    tasks: TASKS,
    durationMs: 25_000,
    killEveryMs: 2_000,
  });
  console.log(formatSummary(report));
  expect(report).toMatchObject({ created: TASKS, failed: 0, lost: 0, stuck: 0, duplicated: 0, messagesLeft: 0 });
  expect(report.problems).toEqual([]);
  // Otherwise it tested nothing: workers died, some of them held a task, and each such task was claimed again.
  expect(report.kills).toBeGreaterThan(0);
  expect(report.recoveriesMs.length).toBeGreaterThan(0);
  expect(isSound(report)).toBe(true);
});
