/** The short form of `npm run soak`: real processes, which are killed again and again. */
import { expect, inject, test } from 'vitest';
import { formatSummary, isSound } from './report.ts';
import { runSoak } from './soak.ts';

const TASKS = 60;

test('no task is lost, stuck or repeated while workers are killed', async () => {
  const report = await runSoak({
    dynamodb: inject('dynamoDbEndpoint'),
    template: inject('template'),
    tasks: TASKS,
    durationMs: 25_000,
    killEveryMs: 2_000,
    stuckAfterMs: 600_000,
  });
  console.log(formatSummary(report));
  expect(report).toMatchObject({ created: TASKS, failed: 0, lost: 0, stuck: 0, duplicated: 0, messagesLeft: 0 });
  expect(report.problems).toEqual([]);
  // Workers really died, some while they ran a task, and every such task was resumed.
  expect(report.kills).toBeGreaterThan(0);
  expect(report.recoveriesMs.length).toBeGreaterThan(0);
  expect(isSound(report)).toBe(true);
});
