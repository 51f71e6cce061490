/** Whether a request belongs to this revision or a later one: decided for each request from its own contents. */
import { readMeta } from '../call-meta.ts';
import { CODE, Refusal } from '../failure.ts';
import { getHeader, type HeaderMap } from '../headers.ts';
import { META_KEYS, type RpcRequest } from '../rpc.ts';
import { hasEnvelope, hasValidEnvelope, hasVersionKey } from './envelope.ts';
import { refuseHeader } from './headers.ts';

/**
 * The body decides; the header is only compared with it. Requests that carry neither belong to the revisions with a
 * handshake, and `initialize` is that handshake. A GET has only its header.
 *
 * @throws Refusal 400 when header and body name different mechanisms
 */
export function claimsRequest(headers: HeaderMap, request?: RpcRequest): boolean {
  const version = getHeader(headers, 'MCP-Protocol-Version');
  const headerClaims = version !== undefined && hasEnvelope(version);
  if (!request) return headerClaims;
  if (request.method === 'initialize' && !hasValidEnvelope(request)) {
    if (headerClaims) throw refuseHeader('MCP-Protocol-Version', 'the body is the handshake of an earlier revision.');
    return false;
  }
  if (hasVersionKey(request)) return true;
  if (!headerClaims) return false;
  const missing = readMeta(request) ? META_KEYS.protocolVersion : '_meta';
  throw new Refusal(400, CODE.invalidParams, `Invalid _meta: ${missing}: missing`, {
    envelope: { key: missing, problem: 'missing' },
  });
}
