/** The result of a soak: in one line, and whether it is sound. */
import type { SoakReport } from './soak.ts';

/** The longest time from a kill until the task that the worker held was claimed again (ms); 0 when no worker held one. */
export const findMaxRecoveryMs = ({ recoveriesMs }: SoakReport): number => Math.max(0, ...recoveriesMs);

export const formatSummary = (report: SoakReport): string => {
  const { created, completed, failed, cancelled, lost, stuck, duplicated, kills } = report;
  const counts = { created, completed, failed, cancelled, lost, stuck, duplicated, kills };
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return `${parts.join(' ')} longest recovery ${(findMaxRecoveryMs(report) / 1_000).toFixed(1)} s`;
};

/** Whether every task was created, nothing is lost, stuck, duplicated or failed, and both queues are empty. */
export const isSound = ({ requestedTasks, created, problems, messagesLeft, recoveriesMs }: SoakReport): boolean =>
  created === requestedTasks && problems.length === 0 && messagesLeft === 0 && recoveriesMs.every(Number.isFinite);
