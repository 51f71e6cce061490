/** The keys of the local issuer (`issuer.ts`), and the access tokens that it signs with them. */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** Claims by name; `undefined` removes a default one. Times are in seconds since the epoch. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** How long an access token is valid (s). */
export const TOKEN_LIFETIME_SECONDS = 600;

export interface TokenSigner {
  /** Signs an access token. The defaults follow RFC 9068; `claims` override them. */
  sign(claims: TokenClaims): Promise<string>;
  /** Signs with a new key from now on. @param options.keepOld whether the old keys stay published. Default true. */
  rotateKeys(options?: { readonly keepOld?: boolean }): Promise<void>;
  /** The public keys, newest first. */
  getPublishedKeys(): readonly JWK[];
}

export async function createTokenSigner(): Promise<TokenSigner> {
  const createKey = async () => {
    const kid = randomUUID();
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    return { kid, privateKey, published: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
  };
  let current = await createKey();
  let published: JWK[] = [current.published];
  return {
    sign: (claims) => {
      const now = Math.floor(Date.now() / 1_000);
      const merged = { iat: now, exp: now + TOKEN_LIFETIME_SECONDS, jti: randomUUID(), ...claims };
      const present = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
      return new SignJWT(present)
        .setProtectedHeader({ alg: 'ES256', kid: current.kid, typ: 'at+jwt' })
        .sign(current.privateKey);
    },
    rotateKeys: async ({ keepOld = true } = {}) => {
      current = await createKey();
      published = [current.published, ...(keepOld ? published : [])];
    },
    getPublishedKeys: () => published,
  };
}
