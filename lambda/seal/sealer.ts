/** Authenticated encryption for state that a client carries between its requests. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** The purpose of a sealed text, and what it is bound to. It opens only for the same purpose and the same bindings. */
export interface SealBinding {
  /** Separates one kind of sealed text from another. */
  readonly purpose: string;
  /** What must be the same in the later request: owner, tool, digest of the arguments. */
  readonly bound: readonly string[];
}

/** Seals with the current secret; opens what the current or the previous one sealed. */
export interface Sealer {
  /** @param expiresAt from this moment on (ms since the epoch) it no longer opens */
  seal(binding: SealBinding, text: string, expiresAt: number): Promise<string>;
  /**
   * The text; `undefined` alike for what is forged, damaged, expired or bound to something else.
   *
   * @param now ms since the epoch
   */
  open(binding: SealBinding, sealed: string, now: number): Promise<string | undefined>;
}

/** Returns the current secret first, then the previous one. Called on first use; `fresh` asks it to skip its cache. */
export type SecretSource = (options?: { readonly fresh: boolean }) => Promise<readonly string[]>;

interface SealingKey {
  readonly id: Buffer;
  readonly key: Buffer;
}

const SEAL_VERSION = 1;
const KEY_ID = { at: 1, bytes: 4 };
const EXPIRY = { at: 5, bytes: 6 };
const NONCE = { at: 11, bytes: 12 };
const HEADER_BYTES = 23;
const TAG_BYTES = 16;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/**
 * AES-256-GCM under a key that HKDF-SHA256 derives from the secret for each purpose. Layout: version, key id,
 * expiry, nonce, ciphertext, tag; the header and the bindings are authenticated with the text.
 *
 * @throws Error (from `seal`) when the source returns no secret
 */
export function createSealer(secrets: SecretSource, random: (bytes: number) => Buffer = randomBytes): Sealer {
  let cached: Promise<readonly string[]> | undefined;
  const load = (fresh = false): Promise<readonly string[]> => {
    if (!cached || fresh) {
      const loading = secrets({ fresh });
      cached = loading;
      // A failed load is not cached: the next use tries again.
      loading.catch(() => {
        if (cached === loading) cached = undefined;
      });
    }
    return cached;
  };

  return {
    async seal(binding, text, expiresAt) {
      const [current] = await load();
      if (!current) throw new Error('There is no sealing secret.');
      const { id, key } = deriveKey(current, binding.purpose);
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt8(SEAL_VERSION, 0);
      id.copy(header, KEY_ID.at);
      header.writeUIntBE(expiresAt, EXPIRY.at, EXPIRY.bytes);
      random(NONCE.bytes).copy(header, NONCE.at);
      const cipher = createCipheriv('aes-256-gcm', key, readNonce(header)).setAAD(buildAssociatedData(header, binding));
      return Buffer.concat([header, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
        'base64url',
      );
    },

    async open(binding, sealed, now) {
      if (!BASE64URL.test(sealed)) return undefined;
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < HEADER_BYTES + TAG_BYTES || bytes[0] !== SEAL_VERSION) return undefined;
      if (bytes.readUIntBE(EXPIRY.at, EXPIRY.bytes) <= now) return undefined;
      const key = findKey(await load(), bytes, binding) ?? findKey(await load(true), bytes, binding);
      return key && decrypt(bytes, key, binding);
    },
  };
}

/** The key that sealed these bytes; absent for an unknown key id, whose secret may be newer than those given. */
function findKey(secrets: readonly string[], sealed: Buffer, binding: SealBinding): Buffer | undefined {
  const id = sealed.subarray(KEY_ID.at, KEY_ID.at + KEY_ID.bytes);
  return secrets.map((secret) => deriveKey(secret, binding.purpose)).find((key) => key.id.equals(id))?.key;
}

function deriveKey(secret: string, purpose: string): SealingKey {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', `mcp-tasks/${purpose}`, 32 + KEY_ID.bytes));
  return { key: bytes.subarray(0, 32), id: bytes.subarray(32) };
}

function decrypt(sealed: Buffer, key: Buffer, binding: SealBinding): string | undefined {
  const header = sealed.subarray(0, HEADER_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, readNonce(header), { authTagLength: TAG_BYTES })
    .setAAD(buildAssociatedData(header, binding))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

const readNonce = (header: Buffer): Buffer => header.subarray(NONCE.at, NONCE.at + NONCE.bytes);

const buildAssociatedData = (header: Buffer, binding: SealBinding): Buffer =>
  Buffer.concat([header, Buffer.from(JSON.stringify([binding.purpose, ...binding.bound]))]);
