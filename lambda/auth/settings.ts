/** What an operator chooses about callers: who may call, and how their tokens are checked. */

/** How the access tokens of one issuer are checked. */
export interface TokenSettings {
  /** Must equal `iss` exactly; also the one entry of `authorization_servers`. */
  readonly issuer: string;
  /** Where the issuer's keys are. Default: where the issuer's own metadata says. */
  readonly jwksUri?: string;
  /** Values of `aud`, one of which a token must have. Default: the URL that the client dialled. */
  readonly audiences?: readonly string[];
  /** Scopes that every request needs. */
  readonly scopes: readonly string[];
  /** Clients whose tokens are accepted. Default: every client of the issuer. */
  readonly clients?: readonly string[];
  readonly algorithms: readonly string[];
  /** By how much the issuer's clock may differ from ours (s). */
  readonly clockSkewSeconds: number;
  /** The URL that clients dial, where something in front of the gateway hides it. */
  readonly resource?: string;
  /** Amazon Cognito: access tokens without `aud` are recognized by `clients`, and ID tokens by `token_use`. */
  readonly cognito: boolean;
}

export type AuthSettings =
  | { readonly kind: 'none' }
  | { readonly kind: 'iam' }
  | { readonly kind: 'token'; readonly token: TokenSettings };

/** Signatures that only the issuer can make. `none` and shared secrets (HS…) are not among them and cannot be added. */
// biome-ignore format: one family of algorithms to a line
export const ALGORITHMS = [
  'RS256', 'RS384', 'RS512',
  'PS256', 'PS384', 'PS512',
  'ES256', 'ES384', 'ES512',
  'EdDSA', 'Ed25519',
] as const;

/**
 * Whether what comes from this URL is what its owner published. Keys from a connection that anyone on the way could
 * change prove nothing; connections within this machine cannot be changed on the way.
 */
export function isTrustworthy(url: URL): boolean {
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal);
}
