/**
 * The token of an external wait: the task's key and the wait's. Only the task's random id protects it, so its holder
 * can end the wait; the function that accepts it checks who may call at all.
 */
import { TaskError } from '../errors/task-error.ts';
import type { TaskKey } from '../tasks/record.ts';

/** The text is not a token that this server issued. */
export class InvalidWaitToken extends TaskError {
  override readonly name = 'InvalidToken';
  override readonly errorCode = 'INVALID_WAIT_TOKEN';
  constructor() {
    super('The token must be one that task.waitFor issued.');
  }
}

/** @param wait the key of the question */
export function encodeWaitToken({ partition, id }: TaskKey, wait: string): string {
  return Buffer.from(JSON.stringify([partition, id, wait])).toString('base64url');
}

/** @throws InvalidWaitToken */
export function decodeWaitToken(token: string): { readonly key: TaskKey; readonly wait: string } {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw new InvalidWaitToken();
  }
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every((part) => typeof part === 'string' && part !== ''))
    throw new InvalidWaitToken();
  const [partition, id, wait] = parts as [string, string, string];
  return { key: { partition, id }, wait };
}
