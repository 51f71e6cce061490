/** `npm run conformance`: the official suite's verdict on the local stack, scenario by scenario. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startLocalStack } from '../../lib/local/stack.ts';
import { EXPECTED_FAILURES } from './expected-failures.ts';
import {
  countChecks,
  listRequiredScenarios,
  PENDING_SCENARIOS,
  REVISIONS,
  type Revision,
  runScenario,
  type ScenarioVerdict,
  TASK_SCENARIOS,
} from './suite.ts';

const USAGE = `Run the MCP conformance suite against the local stack, with test/conformance/server.ts.

  npm run conformance -- [options]

Without options: the ten task scenarios, those that both revisions require, and those that are pending in the suite.

  --tasks                   only the task scenarios
  --requirements REVISION   only those that a revision requires (${REVISIONS.join(' or ')}); may be repeated
  --scenario NAME           only this one; may be repeated
  --url URL                 a running server (with the fixtures of test/conformance/server.ts)
  --dynamodb WHICH          local (default), embedded, or the URL of a running one
  --help                    show this help

Exit status 1 when a scenario fails that is not listed in test/conformance/expected-failures.ts, or passes although it
is listed there.`;

const { values } = parseArgs({
  options: {
    requirements: { type: 'string', multiple: true, default: [] },
    tasks: { type: 'boolean', default: false },
    scenario: { type: 'string', multiple: true, default: [] },
    url: { type: 'string' },
    dynamodb: { type: 'string', default: process.env.DYNAMODB_ENDPOINT ?? 'local' },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const selected = await selectScenarios();
  if (selected.length === 0) throw new Error('There is no such scenario.');
  await using stack = await startTestedServer();
  const verdicts: ScenarioVerdict[] = [];
  for (const [scenario, revision] of selected) {
    const verdict = await runScenario(stack.url, scenario, revision);
    verdicts.push(verdict);
    console.log(formatVerdict(verdict));
    for (const check of verdict.checks)
      if (check.status === 'FAILURE' || check.status === 'WARNING')
        console.log(`    ${check.status.toLowerCase()}: ${check.name}: ${check.errorMessage ?? check.description}`);
  }
  return printSummary(verdicts);
}

/** Pairs of scenario and revision. */
async function selectScenarios(): Promise<readonly (readonly [string, Revision])[]> {
  const revisions = values.requirements.map((revision) => {
    const known = REVISIONS.find((each) => each === revision);
    if (!known) throw new Error(`--requirements must be ${REVISIONS.join(' or ')}, not ${revision}.`);
    return known;
  });
  const isUnrestricted = !values.tasks && revisions.length === 0;
  const chosen: (readonly [string, Revision])[] = [];
  if (values.tasks || isUnrestricted) for (const scenario of TASK_SCENARIOS) chosen.push([scenario, '2026-07-28']);
  for (const revision of isUnrestricted ? REVISIONS : revisions)
    for (const scenario of await listRequiredScenarios(revision)) chosen.push([scenario, revision]);
  if (isUnrestricted) chosen.push(...PENDING_SCENARIOS);
  if (values.scenario.length === 0) return chosen;
  const known = chosen.filter(([scenario]) => values.scenario.includes(scenario));
  return known.length > 0 ? known : values.scenario.map((scenario) => [scenario, revisions[0] ?? '2026-07-28']);
}

async function startTestedServer(): Promise<{ readonly url: string } & AsyncDisposable> {
  if (values.url) return { url: values.url, [Symbol.asyncDispose]: async () => {} };
  const stack = await startLocalStack({
    server: fileURLToPath(new URL('server.ts', import.meta.url)),
    dynamodb: values.dynamodb,
    workers: 4,
    // The suite plays a browser on the same machine.
    allowedOrigins: ['localhost', '127.0.0.1'],
    quiet: true,
  });
  return { url: stack.url, [Symbol.asyncDispose]: () => stack.stop() };
}

function formatVerdict(verdict: ScenarioVerdict): string {
  const mark = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[verdict.conclusion];
  const warnings = countChecks(verdict, 'WARNING');
  return [
    `${mark} ${verdict.revision} ${verdict.scenario.padEnd(45)}`,
    `${String(countChecks(verdict, 'SUCCESS')).padStart(3)} passed, ${countChecks(verdict, 'FAILURE')} failed`,
    ...(warnings > 0 ? [`${warnings} warnings`] : []),
    ...(findFailureReason(verdict) ? [`expected: ${findFailureReason(verdict)}`] : []),
  ].join(', ');
}

const findFailureReason = ({ scenario, revision }: ScenarioVerdict) =>
  EXPECTED_FAILURES.find((expected) => expected.scenario === scenario && expected.revision === revision)?.reason;

function printSummary(verdicts: readonly ScenarioVerdict[]): number {
  const withConclusion = (conclusion: ScenarioVerdict['conclusion']) =>
    verdicts.filter((verdict) => verdict.conclusion === conclusion);
  const [passed, failed, skipped] = [withConclusion('passed'), withConclusion('failed'), withConclusion('skipped')];
  const checks = (status: 'SUCCESS' | 'FAILURE') =>
    verdicts.reduce((sum, verdict) => sum + countChecks(verdict, status), 0);
  console.log(
    `\n${verdicts.length} scenarios: ${passed.length} passed, ${failed.length} failed, ` +
      `${skipped.length} skipped by the suite; checks: ${checks('SUCCESS')} passed, ${checks('FAILURE')} failed`,
  );
  const unexpectedFailures = failed.filter((verdict) => !findFailureReason(verdict));
  const unexpectedPasses = passed.filter(findFailureReason);
  for (const { scenario } of unexpectedPasses) console.log(`${scenario} passes: remove it from expected-failures.ts`);
  return unexpectedFailures.length + unexpectedPasses.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
