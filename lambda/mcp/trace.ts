/** W3C Trace Context, from `_meta` (where MCP has it) or the HTTP header. */
import { getOwn, type JsonObject } from './rpc.ts';

const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

export function readTraceparent(
  meta: JsonObject | undefined,
  headers: ReadonlyMap<string, string>,
): { readonly traceparent?: string } {
  const traceparent = getOwn(meta, 'traceparent') ?? headers.get('traceparent');
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {};
}
