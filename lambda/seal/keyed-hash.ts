/** A keyed hash for values that must be found again but not be readable: idempotency keys. */
import { createHmac, hkdfSync } from 'node:crypto';
import type { SecretSource } from './sealer.ts';

/**
 * HMAC-SHA256 under a key derived from the current secret. After a rotation the same text has another hash, so an
 * idempotency key protects only until the secret changes.
 *
 * @param purpose separates one use from another
 */
export function createKeyedHash(secrets: SecretSource, purpose: string): (text: string) => Promise<string> {
  let key: Promise<Buffer> | undefined;
  const load = async (): Promise<Buffer> => {
    const [current] = await secrets();
    if (!current) throw new Error('There is no sealing secret.');
    return Buffer.from(hkdfSync('sha256', current, '', `keyed-hash:${purpose}`, 32));
  };
  return async (text) => {
    key ??= load();
    // A failed load is not cached: the next use tries again.
    key.catch(() => {
      key = undefined;
    });
    return createHmac('sha256', await key)
      .update(text)
      .digest('base64url');
  };
}
