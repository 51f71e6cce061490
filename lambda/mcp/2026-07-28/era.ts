/** Whether a request is of this revision (or a later one), decided for each request from what it carries. */
import { CODE, Refusal } from '../failure.ts';
import { META_KEYS, type RpcRequest } from '../rpc.ts';
import { hasEnvelope, hasValidEnvelope, hasVersionKey, readMeta } from './envelope.ts';
import { getHeader, type HeaderMap, refuseHeader } from './headers.ts';

/**
 * The body decides, by its claim; the header is only held against it. Requests without either belong to the
 * revisions with a handshake, and `initialize` is that handshake.
 *
 * @throws Refusal 400 when header and body are of different mechanisms
 */
export function isModernRequest(headers: HeaderMap, request: RpcRequest): boolean {
  const named = getHeader(headers, 'MCP-Protocol-Version');
  const headerIsModern = named !== undefined && hasEnvelope(named);
  if (request.method === 'initialize' && !hasValidEnvelope(request)) {
    if (headerIsModern) throw refuseHeader('MCP-Protocol-Version', 'the body is the handshake of an earlier revision.');
    return false;
  }
  if (hasVersionKey(request)) return true;
  if (!headerIsModern) return false;
  const missing = readMeta(request) ? META_KEYS.protocolVersion : '_meta';
  throw new Refusal(400, CODE.invalidParams, `Invalid _meta: ${missing}: missing`, {
    envelope: { key: missing, problem: 'missing' },
  });
}
