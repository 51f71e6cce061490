import { CODE, Refusal } from '../mcp/failure.ts';
import type { HttpRequest } from '../mcp/request.ts';
import type { Reply } from '../mcp/rpc.ts';
import type { TokenSettings } from './settings.ts';

/** RFC 9728, section 3: the resource's own path follows. Clients try both, the longer one first. */
export const METADATA_PATH = '/.well-known/oauth-protected-resource';

export interface ProtectedResource {
  /** The URL that the client dialled: it compares, and so it has to be that one, whatever the domain. */
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

/** The metadata, for a GET of either well-known path. Public, so that it is found without any header. */
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

/** What went wrong with a request's token; absent when there was none, as RFC 6750, section 3.1, wants it. */
export interface BearerError {
  readonly error: 'invalid_token' | 'insufficient_scope';
  readonly description: string;
}

/** `WWW-Authenticate`. @param scopes what the client should ask its authorization server for */
export function formatChallenge(
  { metadataUrl }: ProtectedResource,
  scopes: readonly string[],
  fault?: BearerError,
): string {
  const parameters = {
    ...(fault && { error: fault.error, error_description: fault.description }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    resource_metadata: metadataUrl,
  };
  return `Bearer ${Object.entries(parameters)
    .map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`)
    .join(', ')}`;
}
