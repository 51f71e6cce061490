/** The local issuer's keys and the tokens it signs with them. */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** Claims by name; `undefined` takes one out that would be there. Times in seconds since the epoch. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** How long an access token is valid (s). */
export const TOKEN_LIFETIME_SECONDS = 600;

export interface TokenSigner {
  /** RFC 9068, as far as nothing else is said. */
  sign(claims: TokenClaims): Promise<string>;
  rotateKeys(options?: { readonly keepOld?: boolean }): Promise<void>;
  /** What is published. */
  getPublishedKeys(): readonly JWK[];
}

export async function createTokenSigner(): Promise<TokenSigner> {
  const newKey = async () => {
    const kid = randomUUID();
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    return { kid, privateKey, published: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
  };
  let current = await newKey();
  let published: JWK[] = [current.published];
  return {
    sign: (claims) => {
      const now = Math.floor(Date.now() / 1_000);
      const all = { iat: now, exp: now + TOKEN_LIFETIME_SECONDS, jti: randomUUID(), ...claims };
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      return new SignJWT(given)
        .setProtectedHeader({ alg: 'ES256', kid: current.kid, typ: 'at+jwt' })
        .sign(current.privateKey);
    },
    rotateKeys: async ({ keepOld = true } = {}) => {
      current = await newKey();
      published = [current.published, ...(keepOld ? published : [])];
    },
    getPublishedKeys: () => published,
  };
}
