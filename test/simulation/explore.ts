/** Runs many schedules, for `npm run simulate` and the tests alike. */
import { createRandom } from '../support/simulation/random.ts';
import { drawFaultRates } from './faults.ts';
import { runSchedule, type Schedule, type ScheduleReport } from './schedule.ts';

/** Tasks in one schedule: enough to compete for workers, few enough to be quick. */
const TASKS_PER_SCHEDULE = 4;

/** The schedule of a seed, from which its fault rates and everything that happens follow. */
function createSchedule(seed: number, changes: Partial<Schedule> = {}): Schedule {
  return {
    seed,
    tasks: TASKS_PER_SCHEDULE,
    faults: drawFaultRates(createRandom(seed ^ 0x5eed)),
    mutation: {},
    ...changes,
  };
}

export interface ScheduleExploration {
  readonly schedules: number;
  /** The seeds whose schedules broke a promise, with the violations. */
  readonly failures: readonly { readonly seed: number; readonly violations: readonly string[] }[];
  /** How often each event was logged: what the schedules really reached. */
  readonly events: Readonly<Record<string, number>>;
}

/**
 * @param from the first seed
 * @param to the seed after the last one
 * @param changes to each schedule
 * @param onProgress called with the number of schedules so far, every 500
 */
export async function exploreSchedules(
  from: number,
  to: number,
  changes: Partial<Schedule> = {},
  stopAtFirst = false,
  onProgress?: (done: number) => void,
): Promise<ScheduleExploration> {
  const failures: { seed: number; violations: readonly string[] }[] = [];
  const events: Record<string, number> = {};
  let schedules = 0;
  for (let seed = from; seed < to; seed += 1) {
    const report: ScheduleReport = await runSchedule(createSchedule(seed, changes));
    schedules += 1;
    for (const [event, times] of Object.entries(report.events)) events[event] = (events[event] ?? 0) + times;
    if (report.violations.length > 0) failures.push({ seed, violations: report.violations });
    if (failures.length > 0 && stopAtFirst) break;
    if (schedules % 500 === 0) onProgress?.(schedules);
  }
  return { schedules, failures, events };
}
