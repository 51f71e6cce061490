/** The guard that takes access tokens: an OAuth 2.1 resource server (MCP, Authorization). */
import { CODE, Refusal } from '../mcp/failure.ts';
import type { Guard, Identity } from './guard.ts';
import { InvalidToken } from './invalid-token.ts';
import type { KeyCacheOptions } from './keys.ts';
import {
  type BearerError,
  formatChallenge,
  type ProtectedResource,
  serveResourceMetadata,
  toProtectedResource,
} from './resource.ts';
import type { TokenSettings } from './settings.ts';

export interface BearerGuardOptions {
  readonly settings: TokenSettings;
  /** Path of the MCP endpoint. */
  readonly path: string;
  /** What the server is called in its metadata. */
  readonly name: string;
  now(): number;
  readonly keyTimes?: KeyCacheOptions;
}

/**
 * It checks tokens itself. An HTTP API's JWT authorizer would do so for less, but answers 401 itself, with nothing in
 * it that leads a client to the authorization server.
 */
export function createBearerGuard({ settings, path, name, now, keyTimes }: BearerGuardOptions): Guard {
  let checking: Promise<(token: string, resource: string) => Promise<Identity>> | undefined;
  const load = async () => {
    const { verifyAccessToken, createKeyResolver } = await import('./token.ts');
    const keys = createKeyResolver(settings, keyTimes);
    return (token: string, resource: string) => verifyAccessToken(token, settings, keys, { resource, now: now() });
  };

  const refuse = (
    status: 401 | 403,
    message: string,
    resource: ProtectedResource,
    scopes: readonly string[],
    fault?: BearerError,
  ) =>
    new Refusal(status, CODE.transport, message, undefined, {
      'www-authenticate': formatChallenge(resource, scopes, fault),
    });

  const denied = (resource: ProtectedResource, description: string) =>
    refuse(401, description, resource, settings.scopes, { error: 'invalid_token', description });

  const missingScope = (resource: ProtectedResource, scopes: readonly string[]) => {
    const description = 'The token was not granted every scope that this needs.';
    return refuse(403, description, resource, scopes, { error: 'insufficient_scope', description });
  };

  return {
    secretHeaders: ['authorization'],
    async identify(request) {
      const resource = toProtectedResource(request, path, settings);
      const given = request.headers.get('authorization');
      const token = readBearerToken(given);
      if (token === undefined) throw refuse(401, 'Authorization is required.', resource, settings.scopes);
      if (token === 'malformed') throw denied(resource, 'The Authorization header is not "Bearer" and one token.');
      checking ??= load();
      const check = await checking;
      const identity = await check(token, resource.url).catch((error: unknown) => {
        throw error instanceof InvalidToken ? denied(resource, error.message) : error;
      });
      if (!settings.scopes.every((scope) => identity.scopes?.includes(scope)))
        throw missingScope(resource, settings.scopes);
      return identity;
    },
    // What was granted for everything else is asked for again: a client may replace its token by the new one.
    refuseScopes: (request, scopes) =>
      missingScope(toProtectedResource(request, path, settings), [...new Set([...settings.scopes, ...scopes])]),
    serveWellKnown: (request) => serveResourceMetadata(request, path, settings, name),
  };
}

/** RFC 6750, section 2.1: in the header, and nowhere else (a URL ends in logs). Another scheme is no attempt of this one. */
function readBearerToken(header: string | undefined): string | 'malformed' | undefined {
  if (header === undefined || !/^bearer(\s|$)/i.test(header)) return undefined;
  return /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(header)?.[1] ?? 'malformed';
}
