/** The idempotency key of a call: in `_meta`, or in the `Idempotency-Key` header. */
import { refuseParams } from './failure.ts';

/** Our own `_meta` key; its prefix keeps clear of those that MCP reserves (Base Protocol, `_meta`). */
export const IDEMPOTENCY_META = 'io.github.durable-mcp-tasks/idempotencyKey';
/** As in the IETF's Idempotency-Key header draft. */
const IDEMPOTENCY_HEADER = 'idempotency-key';
/** Visible ASCII, as a header can carry it. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The key of the call; `_meta` wins over the header, because it belongs to this call alone and a proxy cannot
 * add it. Nothing where neither is given.
 *
 * @throws Refusal (-32602) for a key that is none
 */
export function readIdempotencyKey(
  meta: Readonly<Record<string, unknown>> = {},
  headers: ReadonlyMap<string, string>,
): { readonly idempotencyKey?: string } {
  const key = Object.hasOwn(meta, IDEMPOTENCY_META) ? meta[IDEMPOTENCY_META] : headers.get(IDEMPOTENCY_HEADER);
  if (key === undefined) return {};
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key))
    throw refuseParams('An idempotency key has 1 to 255 visible ASCII characters.');
  return { idempotencyKey: key };
}
