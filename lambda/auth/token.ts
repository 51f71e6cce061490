/** Verifies access tokens. Loaded with the first one: a server without tokens does not pay for it. */
import type { JWTPayload } from 'jose';
import { JOSEError, JWTClaimValidationFailed, JWTExpired } from 'jose/errors';
import { type JWTVerifyGetKey, jwtVerify } from 'jose/jwt/verify';
import type { Identity } from './guard.ts';
import { InvalidToken } from './invalid-token.ts';
import { hashClient, toClientOwner, toSubjectOwner } from './owner.ts';
import type { TokenSettings } from './settings.ts';

export { createKeyResolver } from './keys.ts';

/**
 * @param options.resource the URL that the client dialled: the audience, unless the settings name others (RFC 8707)
 * @param options.now ms since the epoch
 * @throws InvalidToken, and what `keys` throws when it has none
 */
export async function verifyAccessToken(
  token: string,
  settings: TokenSettings,
  keys: JWTVerifyGetKey,
  { resource, now }: { readonly resource: string; readonly now: number },
): Promise<Identity> {
  const { issuer, algorithms, clockSkewSeconds } = settings;
  const claims = await verifyJwt(token, keys, {
    issuer,
    algorithms: [...algorithms],
    clockTolerance: clockSkewSeconds,
    currentDate: new Date(now),
    requiredClaims: ['exp'],
  });
  const client = readTextClaim(claims.client_id) ?? readTextClaim(claims.azp);
  checkAudience(claims, client, settings, resource);
  const subject = readTextClaim(claims.sub);
  if (subject === undefined && client === undefined)
    throw new InvalidToken('The token names neither a subject nor a client.');
  const owner = subject === undefined ? toClientOwner(issuer, client as string) : toSubjectOwner(issuer, subject);
  return {
    caller: { owner, ...(client !== undefined && { client: hashClient(issuer, client) }) },
    scopes: [...readScopes(claims.scope), ...readScopes(claims.scp)],
  };
}

async function verifyJwt(
  token: string,
  keys: JWTVerifyGetKey,
  options: Parameters<typeof jwtVerify>[2],
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (error instanceof JWTExpired) throw new InvalidToken('The token has expired.');
    if (error instanceof JWTClaimValidationFailed)
      throw new InvalidToken(CLAIM_MESSAGES[error.claim] ?? 'The token has an invalid claim.');
    if (error instanceof JOSEError)
      throw new InvalidToken(
        SIGNATURE_ERROR_CODES.includes(error.code)
          ? 'The token was not signed by its issuer.'
          : 'The token is not a verifiable JWT.',
      );
    throw error;
  }
}

const CLAIM_MESSAGES: Readonly<Record<string, string>> = {
  iss: 'The token is from another issuer.',
  nbf: 'The token is not valid yet.',
  exp: 'The token never expires.',
};

const SIGNATURE_ERROR_CODES = [
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  'ERR_JOSE_ALG_NOT_ALLOWED',
];

/** A token for another server proves nothing here, even if the issuer signed it (RFC 8707; MCP, Token Audience Binding). */
function checkAudience(
  { aud, token_use }: JWTPayload,
  client: string | undefined,
  { audiences, clients, cognito }: TokenSettings,
  resource: string,
): void {
  if (cognito && token_use !== 'access') throw new InvalidToken('The token is not an access token.');
  if (clients && (client === undefined || !clients.includes(client)))
    throw new InvalidToken('The token was issued to a client that this server does not accept.');
  // Cognito's access tokens name an audience only if the client requested one; the list of clients binds the others.
  if (cognito && aud === undefined && clients) return;
  const accepted = audiences ?? [resource];
  if (![aud ?? []].flat().some((audience) => accepted.includes(audience)))
    throw new InvalidToken('The token is for another audience.');
}

const readTextClaim = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim !== '' ? claim : undefined;

/** `scope` is one string (RFC 9068); some issuers write a list, and some call it `scp`. */
const readScopes = (claim: unknown): string[] =>
  (Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(' ') : []).filter(
    (scope): scope is string => typeof scope === 'string' && scope !== '',
  );
