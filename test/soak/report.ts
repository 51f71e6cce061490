/** What a soak came to: one line, and whether it is as it should be. */
import type { SoakReport } from './soak.ts';

/** From a kill until the last task that the worker held was taken up again (ms); 0 when no worker held one. */
export const findMaxRecoveryMs = ({ recoveriesMs }: SoakReport): number => Math.max(0, ...recoveriesMs);

export const formatSummary = (report: SoakReport): string => {
  const { created, completed, failed, cancelled, lost, stuck, duplicated, kills } = report;
  const counts = { created, completed, failed, cancelled, lost, stuck, duplicated, kills };
  const told = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return `${told.join(' ')} longest recovery ${(findMaxRecoveryMs(report) / 1_000).toFixed(1)} s`;
};

/** Every task came to be; nothing is lost, stuck, duplicated or failed; both queues are empty. */
export const isSound = ({ requestedTasks, created, problems, messagesLeft, recoveriesMs }: SoakReport): boolean =>
  created === requestedTasks && problems.length === 0 && messagesLeft === 0 && recoveriesMs.every(Number.isFinite);
