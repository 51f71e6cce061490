/** The guard that accepts access tokens: an OAuth 2.1 resource server (MCP, Authorization). */
import { CODE, Refusal } from '../mcp/failure.ts';
import type { Guard, Identity } from './guard.ts';
import { InvalidToken } from './invalid-token.ts';
import type { KeyCacheOptions } from './keys.ts';
import { formatChallenge, type ProtectedResource, serveResourceMetadata, toProtectedResource } from './resource.ts';
import type { TokenSettings } from './settings.ts';

export interface BearerGuardOptions {
  readonly settings: TokenSettings;
  /** Path of the MCP endpoint. */
  readonly path: string;
  /** The server's name in its metadata. */
  readonly name: string;
  /** ms since the epoch */
  now(): number;
  readonly keyTimes?: KeyCacheOptions;
}

/**
 * It verifies tokens itself. An HTTP API's JWT authorizer would do so for less, but its 401 contains nothing that leads
 * a client to the authorization server.
 */
export function createBearerGuard({ settings, path, name, now, keyTimes }: BearerGuardOptions): Guard {
  let loading: Promise<(token: string, resource: string) => Promise<Identity>> | undefined;
  const load = async () => {
    const { verifyAccessToken, createKeyResolver } = await import('./token.ts');
    const keys = createKeyResolver(settings, keyTimes);
    return (token: string, resource: string) => verifyAccessToken(token, settings, keys, { resource, now: now() });
  };

  return {
    secretHeaders: ['authorization'],
    async identify(request) {
      const resource = toProtectedResource(request, path, settings);
      const token = readBearerToken(request.headers.get('authorization'));
      if (token === undefined) throw refuseWithoutToken(resource, settings.scopes);
      if (token === 'malformed')
        throw refuseToken(resource, settings.scopes, 'The Authorization header must be "Bearer" and one token.');
      loading ??= load();
      const verify = await loading;
      const identity = await verify(token, resource.url).catch((error: unknown) => {
        throw error instanceof InvalidToken ? refuseToken(resource, settings.scopes, error.message) : error;
      });
      if (!settings.scopes.every((scope) => identity.scopes?.includes(scope)))
        throw refuseMissingScopes(resource, settings.scopes);
      return identity;
    },
    refuseScopes(request, scopes) {
      // A client may replace its token by the new one, so the challenge names the general scopes again.
      const all = [...new Set([...settings.scopes, ...scopes])];
      return refuseMissingScopes(toProtectedResource(request, path, settings), all);
    },
    serveWellKnown: (request) => serveResourceMetadata(request, path, settings, name),
  };
}

/** No error in the challenge: the request did not try to authenticate (RFC 6750, section 3.1). */
function refuseWithoutToken(resource: ProtectedResource, scopes: readonly string[]): Refusal {
  return buildRefusal(401, 'Authorization is required.', formatChallenge(resource, scopes));
}

function refuseToken(resource: ProtectedResource, scopes: readonly string[], description: string): Refusal {
  return buildRefusal(401, description, formatChallenge(resource, scopes, { error: 'invalid_token', description }));
}

function refuseMissingScopes(resource: ProtectedResource, scopes: readonly string[]): Refusal {
  const description = 'The token lacks a scope that this request needs.';
  return buildRefusal(
    403,
    description,
    formatChallenge(resource, scopes, { error: 'insufficient_scope', description }),
  );
}

function buildRefusal(status: 401 | 403, message: string, challenge: string): Refusal {
  return new Refusal(status, CODE.transport, message, undefined, { 'www-authenticate': challenge });
}

/**
 * RFC 6750, section 2.1: in the header and nowhere else (URLs end up in logs). Another scheme counts as no token.
 *
 * @returns `malformed` for the scheme without exactly one token behind it
 */
function readBearerToken(header: string | undefined): string | 'malformed' | undefined {
  if (header === undefined || !/^bearer(\s|$)/i.test(header)) return undefined;
  return /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(header)?.[1] ?? 'malformed';
}
