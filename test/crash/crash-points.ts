/** Every crash point of a scenario: each request that it makes goes wrong in turn, in each way there is. */
import { isTerminal, type TaskRow } from '../../lambda/tasks/record.ts';
import type { StoreMutation } from '../support/simulation/checked-store.ts';
import { ScenarioClient } from './client.ts';
import { CRASH_AFTER, CRASH_BEFORE, type Fault, READ_FAULTS, WRITE_FAULTS } from './faults.ts';
import { READ_REQUESTS } from './request-names.ts';
import type { CrashScenario } from './scenarios/index.ts';
import { type CrashPoint, ScriptedSimulator } from './scripted-simulator.ts';
import { SimulatedStack } from './simulated-stack.ts';

/** What crashes are in the strict sense. */
const CRASHES: readonly Fault[] = [CRASH_BEFORE, CRASH_AFTER];
/** An answer that is lost costs the SDK's retry, and a poll that just missed (ms). */
const MAX_RETRY_DELAY_MS = 3_000;
/** A process that ends costs the queue's visibility or a lease, and the client's own time-out (ms). */
const MAX_RECOVERY_DELAY_MS = 75_000;
/** Longer than any scenario and every recovery, shorter than the life of a task (ms). */
const SCENARIO_TIMEOUT_MS = 3.5 * 3_600_000;

export interface ScenarioReport {
  /** Every request, as `process: what`. */
  readonly requests: readonly string[];
  /** What broke a promise. */
  readonly violations: readonly string[];
  /** When the client had what it wanted (ms from the start). */
  readonly durationMs: number;
}

export interface CrashExploration {
  /** Requests of the run in which nothing goes wrong but what is given. */
  readonly requests: readonly string[];
  /** How many crash points there are: requests, times what can become of each. */
  readonly points: number;
  readonly failures: readonly string[];
  /** The longest that any of them delayed the client (ms). */
  readonly maxDelayMs: number;
}

export async function playScenario(
  scenario: CrashScenario,
  points: readonly CrashPoint[] = [],
  mutation: StoreMutation = {},
): Promise<ScenarioReport> {
  const world = new ScriptedSimulator(scenario.standingFaults ?? [], points);
  const begun = world.now;
  const stage = new SimulatedStack(world, scenario.maxReceiveCount ?? 15, mutation);
  const { violations } = stage;
  let tookMs: number | undefined;
  void scenario
    .play(new ScenarioClient(stage, scenario.retryAfterMs ?? 0))
    .catch((error: unknown) => violations.push(`an acknowledged task did not resolve: ${String(error)}`))
    .finally(() => {
      tookMs = world.now - begun;
    });
  await world.runUntil(begun + SCENARIO_TIMEOUT_MS, () => tookMs !== undefined && stage.isIdle());
  if (tookMs === undefined) violations.push('the client still waits: its task is stuck');
  else if (!stage.isIdle()) violations.push('the queues do not drain');
  for (const row of await stage.readAllRows())
    if (isRunnable(row)) violations.push(`no message stands behind ${row.id}`);
  return {
    requests: world.requests,
    violations: [...violations, ...stage.store.violations],
    durationMs: tookMs ?? SCENARIO_TIMEOUT_MS,
  };
}

/** Nobody works any more, so what is open must wait for a client; what owes a clean-up is not over. */
const isRunnable = (row: TaskRow): boolean =>
  !row.void && (isTerminal(row.status) ? row.cleanUp === 'owed' : !row.parked || row.wakeAt !== undefined);

export interface CrashExploreOptions {
  /** The protocol with one of its rules or marks taken away. */
  readonly mutation?: StoreMutation;
  readonly stopAtFirstFailure?: boolean;
}

export async function exploreCrashPoints(
  scenario: CrashScenario,
  options: CrashExploreOptions = {},
): Promise<CrashExploration> {
  const { mutation = {}, stopAtFirstFailure = false } = options;
  const calm = await playScenario(scenario, [], mutation);
  const found = new CrashFindings(scenario, calm);
  for (const point of listCrashPoints(calm.requests, 0, WRITE_FAULTS, READ_FAULTS)) {
    if (stopAtFirstFailure && found.failures.length > 0) break;
    found.addReport([point], await playScenario(scenario, [point], mutation));
  }
  return found.toExploration();
}

/** The recovery crashes too: a process ends at each request, and then another at each one that follows. */
export async function exploreDoubleCrashes(scenario: CrashScenario): Promise<CrashExploration> {
  const calm = await playScenario(scenario);
  const found = new CrashFindings(scenario, calm);
  for (const first of listCrashPoints(calm.requests, 0, CRASHES, [CRASH_BEFORE])) {
    const { requests } = await playScenario(scenario, [first]);
    for (const second of listCrashPoints(requests, first.request, CRASHES, [CRASH_BEFORE]))
      found.addReport([first, second], await playScenario(scenario, [first, second]));
  }
  return found.toExploration();
}

/** Each request after the first `after`, with each fault. A fault that comes later makes no difference to a read. */
const listCrashPoints = (
  requests: readonly string[],
  after: number,
  faults: readonly Fault[],
  ofARead: readonly Fault[],
): CrashPoint[] =>
  requests.slice(after).flatMap((name, index) => {
    const what = name.slice(name.indexOf(': ') + 2);
    return (READ_REQUESTS.has(what) ? ofARead : faults).map((fault) => ({ request: after + index + 1, fault }));
  });

class CrashFindings {
  readonly #scenario: CrashScenario;
  readonly #baseline: ScenarioReport;
  #points = 0;
  #maxDelayMs = 0;
  readonly failures: string[];

  constructor(scenario: CrashScenario, calm: ScenarioReport) {
    this.#scenario = scenario;
    this.#baseline = calm;
    this.failures = calm.violations.map((violation) => `nothing went wrong but what is given: ${violation}`);
  }

  addReport(points: readonly CrashPoint[], { requests, violations, durationMs }: ScenarioReport): void {
    this.#points += 1;
    const delayMs = durationMs - this.#baseline.durationMs;
    this.#maxDelayMs = Math.max(this.#maxDelayMs, delayMs);
    const where = points.map(({ request, fault }) => `request ${request} (${requests[request - 1]}): ${fault.name}`);
    const tell = (violation: string) => this.failures.push(`${where.join('; then ')}: ${violation}`);
    violations.forEach(tell);
    const bound = points.reduce((sum, { fault }) => sum + this.#findDelayLimit(fault), 0);
    if (violations.length === 0 && delayMs > bound) tell(`it cost the client ${delayMs} ms`);
  }

  #findDelayLimit({ sender }: Fault): number {
    const { maxRetryDelayMs = MAX_RETRY_DELAY_MS, maxDelayMs = MAX_RECOVERY_DELAY_MS } = this.#scenario;
    return sender === 'triesAgain' ? maxRetryDelayMs : maxDelayMs;
  }

  toExploration(): CrashExploration {
    const { failures } = this;
    const points = this.#points;
    const maxDelayMs = this.#maxDelayMs;
    return { requests: this.#baseline.requests, points, failures, maxDelayMs };
  }
}
