/** Every crash point of a scenario: each request that it makes goes wrong in turn, in every possible way. */
import { isTerminal, type TaskRow } from '../../lambda/tasks/record.ts';
import type { StoreMutation } from '../support/simulation/checked-store.ts';
import { ScenarioClient } from './client.ts';
import { CRASH_AFTER, CRASH_BEFORE, type Fault, READ_FAULTS, WRITE_FAULTS } from './faults.ts';
import { READ_REQUESTS } from './request-names.ts';
import type { CrashScenario } from './scenarios/index.ts';
import { type CrashPoint, ScriptedSimulator } from './scripted-simulator.ts';
import { SimulatedStack } from './simulated-stack.ts';

/** Faults that end the process. */
const CRASHES: readonly Fault[] = [CRASH_BEFORE, CRASH_AFTER];
/** A lost response costs one retry of the SDK, and one poll that came just too early (ms). */
const MAX_RETRY_DELAY_MS = 3_000;
/** A dead process costs the queue's visibility timeout or a lease, and the client's own timeout (ms). */
const MAX_RECOVERY_DELAY_MS = 75_000;
/** Longer than any scenario with its recovery, shorter than the lifetime of a task (ms). */
const SCENARIO_TIMEOUT_MS = 3.5 * 3_600_000;

export interface ScenarioReport {
  /** Every request, as `process: name`. */
  readonly requests: readonly string[];
  /** What broke a promise. */
  readonly violations: readonly string[];
  /** When the client was done (ms from the start). */
  readonly durationMs: number;
}

export interface CrashExploration {
  /** Requests of the run in which nothing goes wrong but the standing faults. */
  readonly requests: readonly string[];
  /** How many crash points there are: requests, times the faults of each. */
  readonly points: number;
  readonly failures: readonly string[];
  /** The longest delay of the client by one of them (ms). */
  readonly maxDelayMs: number;
}

export async function playScenario(
  scenario: CrashScenario,
  points: readonly CrashPoint[] = [],
  mutation: StoreMutation = {},
): Promise<ScenarioReport> {
  const world = new ScriptedSimulator(scenario.standingFaults ?? [], points);
  const startedAt = world.now;
  const stack = new SimulatedStack(world, scenario.maxReceiveCount ?? 15, mutation);
  const { violations } = stack;
  let durationMs: number | undefined;
  void scenario
    .play(new ScenarioClient(stack, scenario.retryAfterMs ?? 0))
    .catch((error: unknown) => violations.push(`an acknowledged task did not resolve: ${String(error)}`))
    .finally(() => {
      durationMs = world.now - startedAt;
    });
  await world.runUntil(startedAt + SCENARIO_TIMEOUT_MS, () => durationMs !== undefined && stack.isIdle());
  if (durationMs === undefined) violations.push('the client still waits: its task is stuck');
  else if (!stack.isIdle()) violations.push('the queues do not drain');
  for (const row of await stack.readAllRows())
    if (isRunnable(row)) violations.push(`no message is left for ${row.id}, which is runnable`);
  return {
    requests: world.requests,
    violations: [...violations, ...stack.store.violations],
    durationMs: durationMs ?? SCENARIO_TIMEOUT_MS,
  };
}

/** Once nothing runs, an open task must wait for a client, and an ended one must not owe a clean-up. */
const isRunnable = (row: TaskRow): boolean =>
  !row.void && (isTerminal(row.status) ? row.cleanUp === 'owed' : !row.parked || row.wakeAt !== undefined);

export interface CrashExploreOptions {
  /** The protocol without one of its rules or marks. Default: complete. */
  readonly mutation?: StoreMutation;
  /** Default false. */
  readonly stopAtFirstFailure?: boolean;
}

export async function exploreCrashPoints(
  scenario: CrashScenario,
  options: CrashExploreOptions = {},
): Promise<CrashExploration> {
  const { mutation = {}, stopAtFirstFailure = false } = options;
  const baseline = await playScenario(scenario, [], mutation);
  const findings = new CrashFindings(scenario, baseline);
  for (const point of listCrashPoints(baseline.requests, 0, WRITE_FAULTS, READ_FAULTS)) {
    if (stopAtFirstFailure && findings.failures.length > 0) break;
    findings.addReport([point], await playScenario(scenario, [point], mutation));
  }
  return findings.toExploration();
}

/** The recovery crashes too: a process dies at each request, then another one at each request that follows. */
export async function exploreDoubleCrashes(scenario: CrashScenario): Promise<CrashExploration> {
  const baseline = await playScenario(scenario);
  const findings = new CrashFindings(scenario, baseline);
  for (const first of listCrashPoints(baseline.requests, 0, CRASHES, [CRASH_BEFORE])) {
    const { requests } = await playScenario(scenario, [first]);
    for (const second of listCrashPoints(requests, first.request, CRASHES, [CRASH_BEFORE]))
      findings.addReport([first, second], await playScenario(scenario, [first, second]));
  }
  return findings.toExploration();
}

/** Each request after the first `after` ones, with each fault that matters for it. */
function listCrashPoints(
  requests: readonly string[],
  after: number,
  faults: readonly Fault[],
  readFaults: readonly Fault[],
): CrashPoint[] {
  return requests.slice(after).flatMap((name, index) => {
    const requestName = name.slice(name.indexOf(': ') + 2);
    return (READ_REQUESTS.has(requestName) ? readFaults : faults).map((fault) => ({
      request: after + index + 1,
      fault,
    }));
  });
}

class CrashFindings {
  readonly #scenario: CrashScenario;
  readonly #baseline: ScenarioReport;
  #points = 0;
  #maxDelayMs = 0;
  readonly failures: string[];

  constructor(scenario: CrashScenario, baseline: ScenarioReport) {
    this.#scenario = scenario;
    this.#baseline = baseline;
    this.failures = baseline.violations.map((violation) => `without a crash: ${violation}`);
  }

  addReport(points: readonly CrashPoint[], { requests, violations, durationMs }: ScenarioReport): void {
    this.#points += 1;
    const delayMs = durationMs - this.#baseline.durationMs;
    this.#maxDelayMs = Math.max(this.#maxDelayMs, delayMs);
    const where = points.map(({ request, fault }) => `request ${request} (${requests[request - 1]}): ${fault.name}`);
    const addFailure = (violation: string) => this.failures.push(`${where.join('; then ')}: ${violation}`);
    violations.forEach(addFailure);
    const limit = points.reduce((sum, { fault }) => sum + this.#findDelayLimit(fault), 0);
    if (violations.length === 0 && delayMs > limit) addFailure(`it delayed the client by ${delayMs} ms`);
  }

  #findDelayLimit({ sender }: Fault): number {
    const { maxRetryDelayMs = MAX_RETRY_DELAY_MS, maxDelayMs = MAX_RECOVERY_DELAY_MS } = this.#scenario;
    return sender === 'retries' ? maxRetryDelayMs : maxDelayMs;
  }

  toExploration(): CrashExploration {
    const { failures } = this;
    const points = this.#points;
    const maxDelayMs = this.#maxDelayMs;
    return { requests: this.#baseline.requests, points, failures, maxDelayMs };
  }
}
