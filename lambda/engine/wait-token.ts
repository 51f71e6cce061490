/**
 * The token of an external wait: where the task is, and which wait. It names the task's random id and nothing
 * else protects it, so whoever holds it can end the wait; the way in checks who may call at all.
 */

/** What came was no token of ours. */
export class InvalidWaitToken extends Error {
  override readonly name = 'InvalidToken';
  constructor() {
    super('This is not the token of a wait.');
  }
}

export const encodeWaitToken = (key: { readonly partition: string; readonly id: string }, wait: string): string =>
  Buffer.from(JSON.stringify([key.partition, key.id, wait])).toString('base64url');

/** @throws InvalidWaitToken */
export function decodeWaitToken(token: string): {
  readonly key: { partition: string; id: string };
  readonly wait: string;
} {
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
