/** Report: an outside system tells how far it is. Changes nothing but what a person reads. */
import { exists, notExpired, notTerminal } from '../conditions.ts';
import type { TaskKey } from '../record.ts';
import type { Change } from '../store.ts';
import type { ProgressReport } from './held.ts';

export const reportChange = (key: TaskKey, now: number, news: ProgressReport): Change => ({
  key,
  when: [exists, notTerminal, notExpired(now)],
  set: { ...news, lastUpdatedAt: now },
});
