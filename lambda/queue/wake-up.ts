import type { WakeUp } from '../engine/ports.ts';

/** The wake-up in a message's body, or in one line why there is none. Members that nobody knows are left out. */
export const parseWakeUp = (body: string): { readonly wakeUp: WakeUp } | { readonly reason: string } => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { reason: 'the body is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { reason: 'the body is no object' };
  const { partition, task, generation, commitBy, traceparent, dueAt } = value as Record<string, unknown>;
  if (!isNonEmptyString(partition)) return { reason: 'partition is no text' };
  if (!isNonEmptyString(task)) return { reason: 'task is no text' };
  if (!Number.isSafeInteger(generation) || Number(generation) < 1)
    return { reason: 'generation is no positive integer' };
  if (typeof commitBy !== 'number' || !Number.isFinite(commitBy)) return { reason: 'commitBy is no time' };
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
};

const isNonEmptyString = (value: unknown): value is string => typeof value === 'string' && value !== '';
