/**
 * One trace for each task (W3C Trace Context): the caller's span, in it the call's, and in that each run's. A span's id
 * is derived from the token of its call or run, so that nothing has to be stored or sent to name it again.
 */
import { createHash } from 'node:crypto';

/** A span in a trace, by the names that log queries and tracing tools share. */
export interface SpanFields {
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly parent_id?: string;
}

/** @param token of a call or a run; it stays secret */
function deriveSpanId(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16);
}

/** The `traceparent` for work inside the span of `token`, which is itself inside `traceparent`. */
export function deriveTraceparent(traceparent: string, token: string): string {
  const [version, trace, , flags] = traceparent.split('-');
  return `${version}-${trace}-${deriveSpanId(token)}-${flags}`;
}

/** The span of `token` within `traceparent`; no fields without a trace. */
export function toSpanFields(traceparent: string | undefined, token: string): SpanFields {
  const [, trace_id, parent_id] = traceparent?.split('-') ?? [];
  return trace_id && parent_id ? { trace_id, span_id: deriveSpanId(token), parent_id } : {};
}

/** The span that a `traceparent` names. */
export function toTraceFields(traceparent: string | undefined): SpanFields {
  const [, trace_id, span_id] = traceparent?.split('-') ?? [];
  return trace_id && span_id ? { trace_id, span_id } : {};
}
