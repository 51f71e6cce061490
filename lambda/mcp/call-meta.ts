/** Metadata of a call, in `_meta` or in headers: trace context and idempotency key. */
import { refuseParams } from './failure.ts';
import type { HeaderMap } from './headers.ts';
import { getOwn, isObject, type JsonObject } from './rpc.ts';

/** Our own `_meta` key; its prefix keeps clear of those that MCP reserves (Base Protocol, `_meta`). */
export const IDEMPOTENCY_META = 'io.github.durable-mcp-tasks/idempotencyKey';
/** As in the IETF's Idempotency-Key header draft. */
const IDEMPOTENCY_HEADER = 'idempotency-key';
/** Visible ASCII, so that a header can carry it. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** W3C Trace Context. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

export interface CallMeta {
  readonly traceparent?: string;
  readonly idempotencyKey?: string;
}

/** The `_meta` object of a message, if it has one. */
export function readMeta(message: { readonly params?: unknown }): JsonObject | undefined {
  const meta = isObject(message.params) ? getOwn(message.params, '_meta') : undefined;
  return isObject(meta) ? meta : undefined;
}

/**
 * Trace context and idempotency key of a call. `_meta` takes precedence over the headers: it belongs to this call
 * alone, and a proxy cannot add it.
 *
 * @throws Refusal -32602 for a malformed idempotency key; a malformed `traceparent` is ignored (W3C Trace Context)
 */
export function readCallMeta(message: { readonly params?: unknown }, headers: HeaderMap): CallMeta {
  const meta = readMeta(message);
  const traceparent = getOwn(meta, 'traceparent') ?? headers.get('traceparent');
  const idempotencyKey =
    meta && Object.hasOwn(meta, IDEMPOTENCY_META) ? meta[IDEMPOTENCY_META] : headers.get(IDEMPOTENCY_HEADER);
  return {
    ...(isTraceparent(traceparent) && { traceparent }),
    ...(idempotencyKey !== undefined && { idempotencyKey: requireIdempotencyKey(idempotencyKey) }),
  };
}

const isTraceparent = (value: unknown): value is string => typeof value === 'string' && TRACEPARENT.test(value);

function requireIdempotencyKey(key: unknown): string {
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key))
    throw refuseParams('The idempotency key must consist of 1 to 255 visible ASCII characters.');
  return key;
}
