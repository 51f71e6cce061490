/** The result of a soak: one line, and whether everything is as it must be. */
import type { SoakReport } from './soak.ts';

/** From a kill until the last task that the worker ran was resumed (ms); 0 when no worker ran one. */
export const findMaxRecoveryMs = ({ recoveriesMs }: SoakReport): number => Math.max(0, ...recoveriesMs);

export function formatSummary(report: SoakReport): string {
  const { created, completed, failed, cancelled, lost, stuck, duplicated, kills } = report;
  const counts = Object.entries({ created, completed, failed, cancelled, lost, stuck, duplicated, kills }).map(
    ([name, count]) => `${name} ${count}`,
  );
  return `${counts.join(' ')} longest recovery ${(findMaxRecoveryMs(report) / 1_000).toFixed(1)} s`;
}

/** Every task was created; none is lost, stuck, duplicated or failed; both queues are empty. */
export const isSound = ({ requestedTasks, created, problems, messagesLeft, recoveriesMs }: SoakReport): boolean =>
  created === requestedTasks && problems.length === 0 && messagesLeft === 0 && recoveriesMs.every(Number.isFinite);
