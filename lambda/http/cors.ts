/** CORS, for the origins that may call and no other: off unless somebody allowed one. */

import type { HttpRequest } from '../mcp/request.ts';
import type { Reply } from '../mcp/rpc.ts';

/** What a page may read besides the body: the way to the authorization server, and the 2025 dialect's session id. */
const EXPOSED_HEADERS = 'WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version';
/** How long a browser remembers (s). */
const MAX_AGE_SECONDS = '600';
/** Header names, separated by commas; anything else is not repeated. */
const HEADER_NAME_LIST = /^[\w-]+(\s*,\s*[\w-]+)*$/;

/** The answer to a browser's preflight; it carries no credentials, so nobody is asked for any. */
export function servePreflight({ method, headers }: HttpRequest): Reply | undefined {
  if (method !== 'OPTIONS' || !headers.get('origin') || !headers.has('access-control-request-method')) return undefined;
  const wanted = headers.get('access-control-request-headers') ?? '';
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, DELETE',
      ...(HEADER_NAME_LIST.test(wanted) && { 'access-control-allow-headers': wanted }),
      'access-control-max-age': MAX_AGE_SECONDS,
    },
  };
}

/** @param origin has been checked: see `checkOrigin` */
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
