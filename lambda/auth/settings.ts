import { ConfigurationError } from '../tool/errors.ts';
import { type Environment, requireVariable } from '../variables.ts';

/** How the access tokens of one issuer are checked. */
export interface TokenSettings {
  /** Compared with `iss` to the letter; also the one entry of `authorization_servers`. */
  readonly issuer: string;
  /** Where the issuer's keys are; without it, where the issuer's own metadata says. */
  readonly jwksUri?: string;
  /** Values of `aud`, one of which a token must have; without it, the URL that the client dialled. */
  readonly audiences?: readonly string[];
  /** Scopes without which nothing is served. */
  readonly scopes: readonly string[];
  /** Clients whose tokens are taken; without it, every client of the issuer. */
  readonly clients?: readonly string[];
  readonly algorithms: readonly string[];
  /** By how much the issuer's clock may differ from ours (s). */
  readonly clockSkewSeconds: number;
  /** The URL that clients dial, where what stands before the gateway hides it. */
  readonly resource?: string;
  /** Amazon Cognito: access tokens without `aud` are known by `clients`, and ID tokens are told apart by `token_use`. */
  readonly cognito: boolean;
}

export type AuthSettings =
  | { readonly kind: 'none' }
  | { readonly kind: 'iam' }
  | { readonly kind: 'token'; readonly token: TokenSettings };

/** Signatures that only the issuer can make. `none` and shared secrets (HS…) are not among them and cannot be added. */
export const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
] as const;

export const DEFAULT_CLOCK_SKEW_SECONDS = 30;

/** @throws ConfigurationError when AUTH is missing or says what is not known: there is no default to fall back to */
export function readAuthSettings(env: Environment): AuthSettings {
  const kind = requireVariable(env, 'AUTH');
  switch (kind) {
    case 'none':
    case 'iam':
      return { kind };
    case 'jwt':
    case 'cognito':
      return { kind: 'token', token: readTokenSettings(env, kind === 'cognito') };
  }
  throw new ConfigurationError(
    `The environment variable AUTH is jwt, cognito, iam or none, not ${JSON.stringify(kind)}.`,
  );
}

function readTokenSettings(env: Environment, cognito: boolean): TokenSettings {
  const audiences = splitList(env.AUTH_AUDIENCES);
  const clients = splitList(env.AUTH_CLIENTS);
  const algorithms = splitList(env.AUTH_ALGORITHMS);
  const issuer = requireVariable(env, 'AUTH_ISSUER');
  checkUrl('AUTH_ISSUER', issuer);
  if (env.AUTH_JWKS_URI) checkUrl('AUTH_JWKS_URI', env.AUTH_JWKS_URI);
  const foreign = algorithms.find((name) => !(ALGORITHMS as readonly string[]).includes(name));
  if (foreign !== undefined)
    throw new ConfigurationError(
      `AUTH_ALGORITHMS names ${JSON.stringify(foreign)}: it is one of ${ALGORITHMS.join(', ')}.`,
    );
  return {
    issuer,
    ...(env.AUTH_JWKS_URI && { jwksUri: env.AUTH_JWKS_URI }),
    ...(audiences.length > 0 && { audiences }),
    scopes: splitList(env.AUTH_SCOPES),
    ...(clients.length > 0 && { clients }),
    algorithms: algorithms.length > 0 ? algorithms : ALGORITHMS,
    clockSkewSeconds: readClockSkew(env.AUTH_CLOCK_SKEW_SECONDS),
    ...(env.AUTH_RESOURCE && { resource: env.AUTH_RESOURCE }),
    cognito,
  };
}

/** Neither scopes nor URLs nor client ids have spaces in them. */
const splitList = (text: string | undefined): string[] => (text ?? '').split(' ').filter(Boolean);

function readClockSkew(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_CLOCK_SKEW_SECONDS;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new ConfigurationError(
    `AUTH_CLOCK_SKEW_SECONDS must be a whole number of seconds, not ${JSON.stringify(text)}.`,
  );
}

function checkUrl(name: string, text: string): void {
  const url = URL.parse(text);
  if (!url || !isTrustworthy(url))
    throw new ConfigurationError(
      `${name} must be an https URL (http on this machine alone), not ${JSON.stringify(text)}.`,
    );
}

/** Keys that came over a connection which anybody could have changed are worth nothing; nobody sits within this machine. */
export const isTrustworthy = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname));
