/** What must hold for a task of a schedule once it has ended. */
import type { TrackedTask } from './client.ts';

export interface TaskEvidence {
  /** The JSON that steps recorded, by `task/entry`. */
  readonly recordedSteps: ReadonlyMap<string, string>;
  /** Tasks whose `onCancel` ran to its end. */
  readonly cleanedUp: ReadonlySet<string>;
  /** Values with which the outside system completed waits. */
  readonly completedValues: ReadonlySet<string>;
  /** How many of a task's runs were killed, stalled or cut off. */
  countDisturbances(id: string): number;
}

/** @returns what broke a promise */
export function checkEndedTask(task: TrackedTask, evidence: TaskEvidence): string[] {
  const violations: string[] = [];
  const addViolation = (violation: string) => violations.push(`${task.tool} ${task.id}: ${violation}`);
  const { endedView } = task;
  if (!endedView) return violations;
  if (endedView.status === 'cancelled') {
    if (task.cancelRefused) addViolation('a cancel took effect, but its reply says that it did not');
    if (task.tool === 'cleansUp' && !evidence.cleanedUp.has(task.id) && evidence.countDisturbances(task.id) < 3)
      addViolation('cancelled, but its onCancel never ran');
    return violations;
  }
  if (task.cancelAcknowledged) addViolation(`its cancel was acknowledged, but it is ${endedView.status}`);
  const { outcome } = endedView;
  if (!outcome) {
    addViolation('it ended without an outcome');
    return violations;
  }
  if ('error' in outcome) {
    const disturbed = evidence.countDisturbances(task.id);
    if (disturbed < 3 || !/\d consecutive runs /.test(outcome.error.message))
      addViolation(`it failed although it was healthy (${disturbed} runs disturbed): ${outcome.error.message}`);
    return violations;
  }
  const [block] = outcome.result.content as { text: string }[];
  if (outcome.result.isError) {
    addViolation(`tool error: ${block?.text}`);
    return violations;
  }
  const seen = JSON.parse(block?.text ?? '{}') as { steps: Record<string, string>; answers: Record<string, string> };
  for (const [id, value] of Object.entries(seen.steps)) {
    const recorded = evidence.recordedSteps.get(`${task.id}/${id}`);
    if (recorded !== JSON.stringify({ v: value }))
      addViolation(`${id} was delivered as ${value}, but recorded as ${recorded}`);
  }
  for (const [key, value] of Object.entries(seen.answers))
    if (value !== 'timeout' && !evidence.completedValues.has(value) && !task.answers.get(key)?.has(value))
      addViolation(`${key} was answered ${value}, which was never sent`);
  return violations;
}
