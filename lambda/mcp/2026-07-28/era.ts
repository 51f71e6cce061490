/** Whether a request is of this revision (or a later one), decided for each request from what it carries. */
import { CODE, Refusal } from '../failure.ts';
import { META, type RpcRequest } from '../rpc.ts';
import { claims, claimsValidly, hasEnvelope, metaOf } from './envelope.ts';
import { type Headers, headerMismatch, headerOf } from './headers.ts';

/**
 * The body decides, by its claim; the header is only held against it. Requests without either belong to the
 * revisions with a handshake, and `initialize` is that handshake.
 *
 * @throws Refusal 400 when header and body are of different mechanisms
 */
export function isOfThisRevision(headers: Headers, request: RpcRequest): boolean {
  const named = headerOf(headers, 'MCP-Protocol-Version');
  const headerIsModern = named !== undefined && hasEnvelope(named);
  if (request.method === 'initialize' && !claimsValidly(request)) {
    if (headerIsModern)
      throw headerMismatch('MCP-Protocol-Version', 'the body is the handshake of an earlier revision.');
    return false;
  }
  if (claims(request)) return true;
  if (!headerIsModern) return false;
  const missing = metaOf(request) ? META.protocolVersion : '_meta';
  throw new Refusal(400, CODE.invalidParams, `Invalid _meta: ${missing}: missing`, {
    envelope: { key: missing, problem: 'missing' },
  });
}
