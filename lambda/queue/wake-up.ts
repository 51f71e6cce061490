/** The body of a message. */
import type { WakeUp } from '../engine/ports.ts';

/** The wake-up in a message's body, or the reason, in one line, why there is none. Unknown members are ignored. */
export function parseWakeUp(body: string): { readonly wakeUp: WakeUp } | { readonly reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { reason: 'the body must be JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { reason: 'the body must be an object' };
  const { partition, task, generation, commitBy, traceparent, dueAt } = value as Record<string, unknown>;
  if (!isNonEmptyString(partition)) return { reason: 'partition must be a non-empty string' };
  if (!isNonEmptyString(task)) return { reason: 'task must be a non-empty string' };
  if (!Number.isSafeInteger(generation) || Number(generation) < 1)
    return { reason: 'generation must be a positive integer' };
  if (typeof commitBy !== 'number' || !Number.isFinite(commitBy)) return { reason: 'commitBy must be a timestamp' };
  return {
    wakeUp: {
      partition,
      task,
      generation: Number(generation),
      commitBy,
      ...(typeof traceparent === 'string' && { traceparent }),
      ...(typeof dueAt === 'number' && Number.isFinite(dueAt) && { dueAt }),
    },
  };
}

function isNonEmptyString(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
