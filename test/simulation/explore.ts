/** Running many schedules: what `npm run simulate` and the tests share. */

import { createRandom } from '../support/simulation/random.ts';
import { drawFaultRates } from './faults.ts';
import { runSchedule, type Schedule, type ScheduleReport } from './schedule.ts';

/** Tasks in one schedule: enough to compete for workers, few enough to be quick. */
const TASKS_PER_SCHEDULE = 4;

/** The schedule of a seed: its weather and everything that happens follow from it. */
export const createSchedule = (seed: number, changes: Partial<Schedule> = {}): Schedule => ({
  seed,
  tasks: TASKS_PER_SCHEDULE,
  faults: drawFaultRates(createRandom(seed ^ 0x5eed)),
  mutation: {},
  ...changes,
});

export interface ScheduleExploration {
  readonly schedules: number;
  /** The seeds whose schedules broke a promise, with what was seen. */
  readonly failures: readonly { readonly seed: number; readonly violations: readonly string[] }[];
  /** How often each kind of event happened: what the schedules really reached. */
  readonly events: Readonly<Record<string, number>>;
}

export async function exploreSchedules(
  from: number,
  to: number,
  changes: Partial<Schedule> = {},
  stopAtFirst = false,
  tell?: (done: number) => void,
): Promise<ScheduleExploration> {
  const failures: { seed: number; violations: readonly string[] }[] = [];
  const events: Record<string, number> = {};
  let schedules = 0;
  for (let seed = from; seed < to; seed += 1) {
    const outcome: ScheduleReport = await runSchedule(createSchedule(seed, changes));
    schedules += 1;
    for (const [event, times] of Object.entries(outcome.events)) events[event] = (events[event] ?? 0) + times;
    if (outcome.violations.length > 0) failures.push({ seed, violations: outcome.violations });
    if (failures.length > 0 && stopAtFirst) break;
    if (schedules % 500 === 0) tell?.(schedules);
  }
  return { schedules, failures, events };
}
