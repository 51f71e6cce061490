/** CORS, for the allowed origins only; off by default. */
import type { HttpRequest } from '../mcp/request.ts';
import type { Reply } from '../mcp/rpc.ts';

/** Response headers that a page may read: the way to the authorization server, and the session id of 2025-11-25. */
const EXPOSED_HEADERS = 'WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version';
/** How long a browser may cache a preflight (s). */
const MAX_AGE_SECONDS = '600';
/** Header names, separated by commas; any other text is not echoed. */
const HEADER_NAME_LIST = /^[\w-]+(\s*,\s*[\w-]+)*$/;

/** The reply to a browser's preflight, which carries no credentials and so needs none; `undefined` for other requests. */
export function servePreflight({ method, headers }: HttpRequest): Reply | undefined {
  if (method !== 'OPTIONS' || !headers.get('origin') || !headers.has('access-control-request-method')) return undefined;
  const requested = headers.get('access-control-request-headers') ?? '';
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, DELETE',
      ...(HEADER_NAME_LIST.test(requested) && { 'access-control-allow-headers': requested }),
      'access-control-max-age': MAX_AGE_SECONDS,
    },
  };
}

/** @param origin checked by `checkOrigin`; absent for a request that no browser page sent */
export const addCorsHeaders = (reply: Reply, origin: string | undefined): Reply =>
  origin
    ? {
        ...reply,
        headers: {
          ...reply.headers,
          'access-control-allow-origin': origin,
          'access-control-expose-headers': EXPOSED_HEADERS,
          vary: 'Origin',
        },
      }
    : reply;
