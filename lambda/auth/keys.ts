/** The issuer's public keys: found through its metadata, fetched on first use, cached, and fetched again for a new key. */
import { JWKSNoMatchingKey } from 'jose/errors';
import { createLocalJWKSet } from 'jose/jwks/local';
import { createRemoteJWKSet } from 'jose/jwks/remote';
import type { JWTVerifyGetKey } from 'jose/jwt/verify';
import { Unavailable } from '../engine/errors.ts';
import { isTrustworthy, type TokenSettings } from './settings.ts';

/** How long keys are used before they are fetched again (ms): a withdrawn key is accepted at most this long. */
const KEYS_MAX_AGE_MS = 600_000;
/** Unknown keys cause at most one fetch in this time (ms): any text can name a key. */
const KEYS_COOLDOWN_MS = 5_000;
/** How long a request to the issuer may take (ms): a client waits for it. */
const ISSUER_TIMEOUT_MS = 3_000;

export interface KeyCacheOptions {
  /** Default 600,000. */
  readonly maxAgeMs?: number;
  /** Default 5,000. */
  readonly cooldownMs?: number;
}

/**
 * While the issuer cannot be reached, the known keys stay in use: an outage at the issuer is not an outage here.
 *
 * @throws Unavailable (from what it returns) without any keys: nothing is known of the token then
 */
export function createKeyResolver(
  settings: Pick<TokenSettings, 'issuer' | 'jwksUri'>,
  times: KeyCacheOptions = {},
): JWTVerifyGetKey {
  let cached: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  const load = async () => {
    const url = new URL(settings.jwksUri ?? (await discoverJwksUri(settings.issuer)));
    return createRemoteJWKSet(url, {
      cacheMaxAge: times.maxAgeMs ?? KEYS_MAX_AGE_MS,
      cooldownDuration: times.cooldownMs ?? KEYS_COOLDOWN_MS,
      timeoutDuration: ISSUER_TIMEOUT_MS,
    });
  };

  async function getRemoteKeys() {
    const loading = cached ?? load();
    cached = loading;
    try {
      return await loading;
    } catch {
      // A failed load is not cached: the next request tries again.
      if (cached === loading) cached = undefined;
      throw createNoKeysError();
    }
  }

  return async (header, token) => {
    const keys = await getRemoteKeys();
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof JWKSNoMatchingKey) throw error;
      const lastKeys = keys.jwks();
      if (!lastKeys) throw createNoKeysError();
      // Throws again whatever is wrong with the token itself.
      return createLocalJWKSet(lastKeys)(header, token);
    }
  };
}

function createNoKeysError(): Unavailable {
  return new Unavailable("The issuer's keys cannot be fetched.");
}

/**
 * Reads the issuer's metadata: RFC 8414, section 3.1 (the issuer's path comes last), then OpenID Connect Discovery (it
 * comes first).
 */
async function discoverJwksUri(issuer: string): Promise<string> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const metadataUrls = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
  for (const metadataUrl of metadataUrls) {
    const response = await fetch(metadataUrl, { redirect: 'error', signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS) });
    if (!response.ok) {
      await response.body?.cancel();
      continue;
    }
    const metadata = (await response.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
    // Another issuer's metadata would bring another issuer's keys (RFC 8414, section 3.3).
    if (
      metadata.issuer === issuer &&
      typeof metadata.jwks_uri === 'string' &&
      isTrustworthy(new URL(metadata.jwks_uri))
    )
      return metadata.jwks_uri;
  }
  throw createNoKeysError();
}
