/** Runs the MCP conformance suite through its command line, one scenario at a time. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);
/** The package exports no module, only a command. */
const SUITE_PATH = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')),
  'dist/index.js',
);

/** Scenarios of the Tasks extension: part of no requirement set, run by name. */
export const TASK_SCENARIOS = [
  'tasks-lifecycle',
  'tasks-capability-negotiation',
  'tasks-wire-fields',
  'tasks-request-state-removal',
  'tasks-mrtr-input',
  'tasks-request-headers',
  'tasks-dispatch-and-envelope',
  'tasks-status-notifications',
  'tasks-required-task-error',
  'tasks-mrtr-composition',
] as const;

export const REVISIONS = ['2026-07-28', '2025-11-25'] as const;
export type Revision = (typeof REVISIONS)[number];

/** Scenarios that are part of no requirement set yet, run by name. */
export const PENDING_SCENARIOS: readonly (readonly [scenario: string, revision: Revision])[] = [
  ['http-header-validation', '2026-07-28'],
  ['http-custom-header-server-validation', '2026-07-28'],
  ['json-schema-2020-12', '2026-07-28'],
  ['json-schema-2020-12', '2025-11-25'],
  ['server-sse-polling', '2025-11-25'],
];

/** One check of the suite. */
export interface ConformanceCheck {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

export interface ScenarioVerdict {
  readonly scenario: string;
  readonly revision: Revision;
  readonly checks: readonly ConformanceCheck[];
  /** `skipped`: the suite checked nothing. */
  readonly conclusion: 'passed' | 'failed' | 'skipped';
}

export const countChecks = ({ checks }: ScenarioVerdict, status: ConformanceCheck['status']) =>
  checks.filter((check) => check.status === status).length;

/** Scenarios that a revision requires of a server, as the suite defines them. @throws Error when it lists none */
export async function listRequiredScenarios(revision: Revision): Promise<string[]> {
  const { stdout } = await execFileAsync(process.execPath, [SUITE_PATH, 'list', '--requirements', revision]);
  const serverPart = stdout.split('Client scenarios')[0] ?? '';
  const names = [...serverPart.matchAll(/^ {2}- (\S+)/gm)].map((match) => match[1] as string);
  if (names.length === 0) throw new Error(`The suite lists no server scenarios for ${revision}:\n${stdout}`);
  return names;
}

/**
 * Run one scenario against a server.
 * @throws Error when the suite itself fails; a failed check is a verdict, not an error
 */
export async function runScenario(url: string, scenario: string, revision: Revision): Promise<ScenarioVerdict> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const args = ['server', '--url', url, '--scenario', scenario, '--spec-version', revision, '--force', '-o', folder];
    // Its exit status adds nothing to the checks.
    const output = await execFileAsync(process.execPath, [SUITE_PATH, ...args]).catch((error) => error);
    const [results] = await readdir(folder);
    if (results === undefined) throw new Error(`${scenario} left no results:\n${output.stdout}\n${output.stderr}`);
    const checks = JSON.parse(await readFile(join(folder, results, 'checks.json'), 'utf8')) as ConformanceCheck[];
    return { scenario, revision, checks, conclusion: judgeChecks(checks) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function judgeChecks(checks: readonly ConformanceCheck[]): ScenarioVerdict['conclusion'] {
  if (checks.some((check) => check.status === 'FAILURE')) return 'failed';
  return checks.some((check) => check.status === 'SUCCESS') ? 'passed' : 'skipped';
}
