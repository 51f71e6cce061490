/** `npm run conformance`: the referee's verdict on the local stack, scenario by scenario. */
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

const HELP = `Run the MCP conformance suite against the local stack, with test/conformance/server.ts.

  npm run conformance -- [options]

Without options: the ten task scenarios, what both revisions require, and what is pending in the suite.

  --tasks                   the task scenarios only
  --requirements REVISION   only what a revision requires (${REVISIONS.join(' or ')}); may be repeated
  --scenario NAME           only this one; may be repeated
  --url URL                 a server that runs already (with the fixtures of test/conformance/server.ts)
  --dynamodb WHICH          local (default), embedded, or the URL of one that runs
  --help                    this text

Exit status 1 when a scenario fails that is not listed in test/conformance/expected-failures.ts, or passes
although it is listed there.`;

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
    console.log(HELP);
    return 0;
  }
  const wanted = await selectScenarios();
  if (wanted.length === 0) throw new Error('No such scenario.');
  await using stack = await startTestedServer();
  const verdicts: ScenarioVerdict[] = [];
  for (const [scenario, revision] of wanted) {
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
    if (!known) throw new Error(`--requirements takes ${REVISIONS.join(' or ')}, not ${revision}.`);
    return known;
  });
  const everything = !values.tasks && revisions.length === 0;
  const chosen: (readonly [string, Revision])[] = [];
  if (values.tasks || everything) for (const scenario of TASK_SCENARIOS) chosen.push([scenario, '2026-07-28']);
  for (const revision of everything ? REVISIONS : revisions)
    for (const scenario of await listRequiredScenarios(revision)) chosen.push([scenario, revision]);
  if (everything) chosen.push(...PENDING_SCENARIOS);
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
  const of = (outcome: ScenarioVerdict['conclusion']) => verdicts.filter((verdict) => verdict.conclusion === outcome);
  const checks = (status: 'SUCCESS' | 'FAILURE') =>
    verdicts.reduce((sum, verdict) => sum + countChecks(verdict, status), 0);
  console.log(
    `\n${verdicts.length} scenarios: ${of('passed').length} passed, ${of('failed').length} failed, ` +
      `${of('skipped').length} skipped by the suite; checks: ${checks('SUCCESS')} passed, ${checks('FAILURE')} failed`,
  );
  const unexpected = of('failed').filter((verdict) => !findFailureReason(verdict));
  const healed = of('passed').filter(findFailureReason);
  for (const { scenario } of healed) console.log(`${scenario} passes: take it out of expected-failures.ts`);
  return unexpected.length + healed.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
