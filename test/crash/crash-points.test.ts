/** Every promise holds after a crash at any request, a lost response, or a write that lands late. */
import { describe, expect, test } from 'vitest';
import { MUTATIONS } from '../simulation/mutations.ts';
import { exploreCrashPoints, exploreDoubleCrashes, playScenario } from './crash-points.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** The most failures that are shown. */
const MAX_SHOWN_FAILURES = 5;
/** The fewest crash points of all scenarios together. */
const MIN_CRASH_POINTS = 5_500;
/** The same for pairs: a crash, and another one during its recovery. */
const MIN_DOUBLE_CRASH_POINTS = 3_000;

describe('every crash point', () => {
  let total = 0;

  test.each(SCENARIOS)('of $name', async (scenario) => {
    const { requests, points, failures, maxDelayMs } = await exploreCrashPoints(scenario);
    expect(failures.slice(0, MAX_SHOWN_FAILURES)).toEqual([]);
    expect(requests).toEqual(expect.arrayContaining([...scenario.reaches]));
    expect(points).toBeGreaterThanOrEqual(scenario.minCrashPoints);
    total += points;
    const delay = (maxDelayMs / 1_000).toFixed(1);
    console.log(
      `${scenario.name}: ${points} crash points at ${requests.length} requests; the longest delay ${delay} s`,
    );
  });

  test(`is one of at least ${MIN_CRASH_POINTS}`, () => {
    console.log(`${total} crash points in ${SCENARIOS.length} scenarios`);
    expect(total).toBeGreaterThanOrEqual(MIN_CRASH_POINTS);
  });
});

describe('every crash point of the recovery from a crash', () => {
  const scenarios = SCENARIOS.filter(({ crashTwice }) => crashTwice);
  let total = 0;

  test.each(scenarios)('of $name', async (scenario) => {
    const { points, failures } = await exploreDoubleCrashes(scenario);
    expect(failures.slice(0, MAX_SHOWN_FAILURES)).toEqual([]);
    total += points;
    console.log(`${scenario.name}: ${points} pairs of crash points`);
  });

  test(`is one of at least ${MIN_DOUBLE_CRASH_POINTS}`, () => {
    expect(total).toBeGreaterThanOrEqual(MIN_DOUBLE_CRASH_POINTS);
  });
});

describe('the same scenario', () => {
  test.each(SCENARIOS)('makes the same requests again: $name', async (scenario) => {
    expect((await playScenario(scenario)).requests).toEqual((await playScenario(scenario)).requests);
  });
});

/** Which scenario notices the loss of which rule, mark or demand. */
const NOTICED_BY: readonly (readonly [rule: string, scenario: string])[] = [
  ['a void row for an abandoned create (rule 1)', 'create, claim and settle'],
  ['a raised generation for an abandoned wake-up (rule 1)', 'an abandoned answer'],
  ['the generation that answers demand (write: answer)', 'an abandoned answer'],
  ['the run token on what a run writes (rule 2)', 'heartbeats, and a hand-over'],
  ['the lease that a claim respects (rule 2)', 'heartbeats, and a hand-over'],
  ['the parked state in the claim (rule 6)', 'an abandoned answer'],
  ['failures cleared by progress (rule 7)', 'a step that fails and is retried later'],
  ['failures counted by the claim (rule 7)', 'a tool that kills every worker'],
  ['the revision that answers demand (write: answer)', 'partial answers that race'],
  ['the revision that a park demands (write: park)', 'an answer while runs continue next to the question'],
  ['the terminal state (promise 3)', 'create, claim and settle'],
  ['withdrawal before the tool learns of the timeout (write: withdraw)', 'an answer to a question that has timed out'],
  ['the mark of a create', 'create, claim and settle'],
  ['the mark of a claim', 'create, claim and settle'],
  ['the mark of a run’s end and of a cancel', 'cancel of a parked task'],
];

describe('the crash points notice the loss of', () => {
  test.each(NOTICED_BY)('%s', async (rule, name) => {
    const mutation = MUTATIONS.find(({ without }) => without === rule)?.mutation;
    const scenario = SCENARIOS.find((each) => each.name === name);
    if (!mutation || !scenario) throw new Error(`There is no such rule or scenario: ${rule}; ${name}`);
    const { failures } = await exploreCrashPoints(scenario, { mutation, stopAtFirstFailure: true });
    expect(failures).not.toEqual([]);
  });
});
