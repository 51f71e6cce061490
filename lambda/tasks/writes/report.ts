/** Report: an outside system's progress. Changes nothing but what a person reads. */
import { exists, notExpired, notTerminal } from '../conditions.ts';
import type { TaskKey } from '../record.ts';
import type { Change } from '../store.ts';
import type { ProgressReport } from './held.ts';

export const reportChange = (key: TaskKey, now: number, report: ProgressReport): Change => ({
  key,
  when: [exists, notTerminal, notExpired(now)],
  set: { ...report, lastUpdatedAt: now },
});
