/** Every scenario of the official conformance suite, against the local stack. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { useTestStack } from '../support/stack.ts';
import { EXPECTED_FAILURES } from './expected-failures.ts';
import {
  listRequiredScenarios,
  PENDING_SCENARIOS,
  REVISIONS,
  type Revision,
  runScenario,
  TASK_SCENARIOS,
} from './suite.ts';

/** The suite skips it: its harness has not been ported to `subscriptions/listen`. */
const SKIPPED_BY_THE_SUITE = 'tasks-status-notifications';

const REQUIRED = await Promise.all(
  REVISIONS.map(async (revision) =>
    (await listRequiredScenarios(revision)).map((scenario) => [scenario, revision] as const),
  ),
);

describe('the conformance suite, on DynamoDB Local', () => {
  const getStack = useTestStack({
    server: fileURLToPath(new URL('server.ts', import.meta.url)),
    workers: 4,
    // The suite plays a browser on the same machine.
    allowedOrigins: ['localhost', '127.0.0.1'],
  });

  test.concurrent.each<readonly [string, Revision]>([
    ...TASK_SCENARIOS.map((scenario) => [scenario, '2026-07-28'] as const),
    ...REQUIRED.flat(),
    ...PENDING_SCENARIOS,
  ])('%s (%s)', async (scenario, revision) => {
    const { conclusion, checks } = await runScenario(getStack().url, scenario, revision);
    const failures = checks.filter((check) => check.status === 'FAILURE');
    if (EXPECTED_FAILURES.some((expected) => expected.scenario === scenario && expected.revision === revision)) {
      // One that passes must be removed from the list.
      expect(failures).not.toEqual([]);
      return;
    }
    expect(failures).toEqual([]);
    expect(conclusion).toBe(scenario === SKIPPED_BY_THE_SUITE ? 'skipped' : 'passed');
  });

  test('covers all that the revisions require: 37 and 30 scenarios', () => {
    expect(REQUIRED.map((scenarios) => scenarios.length)).toEqual([37, 30]);
  });
});
