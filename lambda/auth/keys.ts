/** The issuer's public keys: found through its metadata, fetched on first use, kept, and fetched again for a key that is new. */
import { JWKSNoMatchingKey } from 'jose/errors';
import { createLocalJWKSet } from 'jose/jwks/local';
import { createRemoteJWKSet } from 'jose/jwks/remote';
import type { JWTVerifyGetKey } from 'jose/jwt/verify';
import { Unavailable } from '../engine/errors.ts';
import { isTrustworthy, type TokenSettings } from './settings.ts';

/** How long keys are used before they are fetched again (ms): a key that the issuer withdrew is taken no longer than this. */
const KEYS_MAX_AGE_MS = 600_000;
/** At most this often (ms) does an unknown key make us look for it: any text can name one. */
const KEYS_COOLDOWN_MS = 5_000;
/** A client waits meanwhile (ms). */
const ISSUER_TIMEOUT_MS = 3_000;

export interface KeyCacheOptions {
  readonly maxAgeMs?: number;
  readonly cooldownMs?: number;
}

/**
 * While the issuer cannot be reached, the keys that are known go on being used: an outage there is none here.
 *
 * @throws Unavailable (from what it returns) when there are no keys yet and none to be had; nothing is known of the token then
 */
export function createKeyResolver(
  settings: Pick<TokenSettings, 'issuer' | 'jwksUri'>,
  times: KeyCacheOptions = {},
): JWTVerifyGetKey {
  let known: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  const load = async () => {
    const url = new URL(settings.jwksUri ?? (await discoverJwksUri(settings.issuer)));
    return createRemoteJWKSet(url, {
      cacheMaxAge: times.maxAgeMs ?? KEYS_MAX_AGE_MS,
      cooldownDuration: times.cooldownMs ?? KEYS_COOLDOWN_MS,
      timeoutDuration: ISSUER_TIMEOUT_MS,
    });
  };

  async function remote() {
    const loading = known ?? load();
    known = loading;
    try {
      return await loading;
    } catch {
      // Not kept: the next request tries again.
      if (known === loading) known = undefined;
      throw createNoKeysError();
    }
  }

  return async (header, token) => {
    const keys = await remote();
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof JWKSNoMatchingKey) throw error;
      const last = keys.jwks();
      if (!last) throw createNoKeysError();
      // What is wrong with the token itself is said again.
      return createLocalJWKSet(last)(header, token);
    }
  };
}

const createNoKeysError = () => new Unavailable("The issuer's keys cannot be fetched.");

/** The issuer's metadata: RFC 8414, section 3.1 (the path goes behind), then OpenID Connect Discovery (it goes before). */
async function discoverJwksUri(issuer: string): Promise<string> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const places = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
  for (const place of places) {
    const response = await fetch(place, { redirect: 'error', signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS) });
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
