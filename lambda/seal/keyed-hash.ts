/** A keyed hash of what must be found again without being readable: idempotency keys. */
import { createHmac, hkdfSync } from 'node:crypto';
import type { SecretSource } from './sealer.ts';

/**
 * HMAC-SHA256 under a key derived from the current secret. After a rotation the same text hashes otherwise, so an
 * idempotency key protects across one only until the secret changes.
 *
 * @param purpose keeps one use from colliding with another
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
    // A failed load is not kept: the next use tries again.
    key.catch(() => {
      key = undefined;
    });
    return createHmac('sha256', await key)
      .update(text)
      .digest('base64url');
  };
}
