/** Running many schedules: what `npm run simulate` and the tests share. */
import { faultsOf } from './faults.ts';
import { seeded } from '../support/simulation/random.ts';
import { type Outcome, runSchedule, type Schedule } from './schedule.ts';

/** Tasks in one schedule: enough to compete for workers, few enough to be quick. */
const TASKS = 4;

/** The schedule of a seed: its weather and everything that happens follow from it. */
export const scheduleOf = (seed: number, changes: Partial<Schedule> = {}): Schedule => ({
  seed,
  tasks: TASKS,
  faults: faultsOf(seeded(seed ^ 0x5eed)),
  mutation: {},
  ...changes,
});

export interface Exploration {
  readonly schedules: number;
  /** The seeds whose schedules broke a promise, with what was seen. */
  readonly failures: readonly { readonly seed: number; readonly violations: readonly string[] }[];
  /** How often each kind of event happened: what the schedules really reached. */
  readonly events: Readonly<Record<string, number>>;
}

export async function explore(
  from: number,
  to: number,
  changes: Partial<Schedule> = {},
  stopAtFirst = false,
  tell?: (done: number) => void,
): Promise<Exploration> {
  const failures: { seed: number; violations: readonly string[] }[] = [];
  const events: Record<string, number> = {};
  let schedules = 0;
  for (let seed = from; seed < to; seed += 1) {
    const outcome: Outcome = await runSchedule(scheduleOf(seed, changes));
    schedules += 1;
    for (const [event, times] of Object.entries(outcome.events)) events[event] = (events[event] ?? 0) + times;
    if (outcome.violations.length > 0) failures.push({ seed, violations: outcome.violations });
    if (failures.length > 0 && stopAtFirst) break;
    if (schedules % 500 === 0) tell?.(schedules);
  }
  return { schedules, failures, events };
}
