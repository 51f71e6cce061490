/** The protected resource that a server is to OAuth: its metadata (RFC 9728) and its challenges (RFC 6750). */
import { CODE, Refusal } from '../mcp/failure.ts';
import type { HttpRequest } from '../mcp/request.ts';
import type { Reply } from '../mcp/rpc.ts';
import type { TokenSettings } from './settings.ts';

/** RFC 9728, section 3: the resource's own path follows. Clients try both paths, the longer one first. */
export const METADATA_PATH = '/.well-known/oauth-protected-resource';

export interface ProtectedResource {
  /** The URL that the client dialled, whatever the domain: the client compares it with that. */
  readonly url: string;
  readonly metadataUrl: string;
}

export function toProtectedResource(
  request: HttpRequest,
  path: string,
  { resource }: TokenSettings,
): ProtectedResource {
  const url = new URL(resource ?? path, request.url);
  return { url: url.href, metadataUrl: `${url.origin}${METADATA_PATH}${url.pathname}` };
}

/**
 * The metadata, for a GET of either well-known path; `undefined` for any other path. Public: it needs no header.
 *
 * @throws Refusal 405 for another method
 */
export function serveResourceMetadata(
  request: HttpRequest,
  path: string,
  settings: TokenSettings,
  name: string,
): Reply | undefined {
  if (request.path !== METADATA_PATH && request.path !== `${METADATA_PATH}${path}`) return undefined;
  if (request.method !== 'GET')
    throw new Refusal(405, CODE.transport, 'Method not allowed: GET the metadata.', undefined, { allow: 'GET' });
  const { scopes, issuer } = settings;
  const metadata = {
    resource: toProtectedResource(request, path, settings).url,
    authorization_servers: [issuer],
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    bearer_methods_supported: ['header'],
    resource_name: name,
  };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
    body: JSON.stringify(metadata),
  };
}

/** What is wrong with a request's token (RFC 6750, section 3.1). A request without a token has no such error. */
export interface BearerError {
  readonly error: 'invalid_token' | 'insufficient_scope';
  readonly description: string;
}

/** The value of `WWW-Authenticate`. @param scopes what the client should request from its authorization server */
export function formatChallenge(
  { metadataUrl }: ProtectedResource,
  scopes: readonly string[],
  error?: BearerError,
): string {
  const parameters = {
    ...(error && { error: error.error, error_description: error.description }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    resource_metadata: metadataUrl,
  };
  return `Bearer ${Object.entries(parameters)
    .map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`)
    .join(', ')}`;
}
