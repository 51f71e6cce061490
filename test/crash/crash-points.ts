/** Every crash point of a scenario: each request that it makes goes wrong in turn, in each way there is. */
import { isTerminal, type TaskRow } from '../../lambda/tasks/record.ts';
import type { StoreMutation } from '../support/simulation/checked-store.ts';
import { Client } from './client.ts';
import { ENDS_AFTER, ENDS_BEFORE, FAULTS, FAULTS_OF_A_READ, type Fault } from './faults.ts';
import { READS } from './request-names.ts';
import type { Scenario } from './scenarios/index.ts';
import { Stage } from './simulated-stack.ts';
import { type CrashPoint, ScriptedWorld } from './scripted-simulator.ts';

/** What crashes are in the strict sense. */
const ENDS: readonly Fault[] = [ENDS_BEFORE, ENDS_AFTER];
/** An answer that is lost costs the SDK's retry, and a poll that just missed (ms). */
const RETRY_MS = 3_000;
/** A process that ends costs the queue's visibility or a lease, and the client's own time-out (ms). */
const RECOVERY_MS = 75_000;
/** Longer than any scenario and every recovery, shorter than the life of a task (ms). */
const ENOUGH_MS = 3.5 * 3_600_000;

export interface Run {
  /** Every request, as `process: what`. */
  readonly requests: readonly string[];
  /** What broke a promise. */
  readonly violations: readonly string[];
  /** When the client had what it wanted (ms from the start). */
  readonly tookMs: number;
}

export interface Exploration {
  /** Requests of the run in which nothing goes wrong but what is given. */
  readonly requests: readonly string[];
  /** How many crash points there are: requests, times what can become of each. */
  readonly points: number;
  readonly failures: readonly string[];
  /** The longest that any of them delayed the client (ms). */
  readonly longestDelayMs: number;
}

export async function run(
  scenario: Scenario,
  points: readonly CrashPoint[] = [],
  mutation: StoreMutation = {},
): Promise<Run> {
  const world = new ScriptedWorld(scenario.given ?? [], points);
  const begun = world.now;
  const stage = new Stage(world, scenario.maxReceiveCount ?? 15, mutation);
  const { violations } = stage;
  let tookMs: number | undefined;
  void scenario
    .play(new Client(stage, scenario.retryAfterMs ?? 0))
    .catch((error: unknown) => violations.push(`an acknowledged task did not resolve: ${String(error)}`))
    .finally(() => {
      tookMs = world.now - begun;
    });
  await world.run(begun + ENOUGH_MS, () => tookMs !== undefined && stage.isQuiet());
  if (tookMs === undefined) violations.push('the client still waits: its task is stuck');
  else if (!stage.isQuiet()) violations.push('the queues do not drain');
  for (const row of await stage.allRows()) if (isRunnable(row)) violations.push(`no message stands behind ${row.id}`);
  return {
    requests: world.requests,
    violations: [...violations, ...stage.store.violations],
    tookMs: tookMs ?? ENOUGH_MS,
  };
}

/** Nobody works any more, so what is open must wait for a client; what owes a clean-up is not over. */
const isRunnable = (row: TaskRow): boolean =>
  !row.void && (isTerminal(row.status) ? row.cleanUp === 'owed' : !row.parked || row.wakeAt !== undefined);

export interface Options {
  /** The protocol with one of its rules or marks taken away. */
  readonly mutation?: StoreMutation;
  readonly stopAtFirstFailure?: boolean;
}

export async function explore(scenario: Scenario, options: Options = {}): Promise<Exploration> {
  const { mutation = {}, stopAtFirstFailure = false } = options;
  const calm = await run(scenario, [], mutation);
  const found = new Found(scenario, calm);
  for (const point of pointsOf(calm.requests, 0, FAULTS, FAULTS_OF_A_READ)) {
    if (stopAtFirstFailure && found.failures.length > 0) break;
    found.add([point], await run(scenario, [point], mutation));
  }
  return found.exploration();
}

/** The recovery crashes too: a process ends at each request, and then another at each one that follows. */
export async function exploreTwice(scenario: Scenario): Promise<Exploration> {
  const calm = await run(scenario);
  const found = new Found(scenario, calm);
  for (const first of pointsOf(calm.requests, 0, ENDS, [ENDS_BEFORE])) {
    const { requests } = await run(scenario, [first]);
    for (const second of pointsOf(requests, first.request, ENDS, [ENDS_BEFORE]))
      found.add([first, second], await run(scenario, [first, second]));
  }
  return found.exploration();
}

/** Each request after the first `after`, with each fault. A fault that comes later makes no difference to a read. */
const pointsOf = (
  requests: readonly string[],
  after: number,
  faults: readonly Fault[],
  ofARead: readonly Fault[],
): CrashPoint[] =>
  requests.slice(after).flatMap((name, index) => {
    const what = name.slice(name.indexOf(': ') + 2);
    return (READS.has(what) ? ofARead : faults).map((fault) => ({ request: after + index + 1, fault }));
  });

class Found {
  private readonly scenario: Scenario;
  private readonly calm: Run;
  private points = 0;
  private longestDelayMs = 0;
  readonly failures: string[];

  constructor(scenario: Scenario, calm: Run) {
    this.scenario = scenario;
    this.calm = calm;
    this.failures = calm.violations.map((violation) => `nothing went wrong but what is given: ${violation}`);
  }

  add(points: readonly CrashPoint[], { requests, violations, tookMs }: Run): void {
    this.points += 1;
    const delayMs = tookMs - this.calm.tookMs;
    this.longestDelayMs = Math.max(this.longestDelayMs, delayMs);
    const where = points.map(({ request, fault }) => `request ${request} (${requests[request - 1]}): ${fault.name}`);
    const tell = (violation: string) => this.failures.push(`${where.join('; then ')}: ${violation}`);
    violations.forEach(tell);
    const bound = points.reduce((sum, { fault }) => sum + this.boundOf(fault), 0);
    if (violations.length === 0 && delayMs > bound) tell(`it cost the client ${delayMs} ms`);
  }

  private boundOf({ sender }: Fault): number {
    const { retryDelaysAtMostMs = RETRY_MS, delaysAtMostMs = RECOVERY_MS } = this.scenario;
    return sender === 'triesAgain' ? retryDelaysAtMostMs : delaysAtMostMs;
  }

  exploration(): Exploration {
    const { points, failures, longestDelayMs } = this;
    return { requests: this.calm.requests, points, failures, longestDelayMs };
  }
}
