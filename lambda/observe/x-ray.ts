/** X-Ray's trace in W3C's words: the same 128 bits, otherwise written. */

const X_RAY_HEADER = /^Root=1-([\da-f]{8})-([\da-f]{24});Parent=([\da-f]{16});Sampled=([01])/;

/**
 * @param header what Lambda sets for each invocation (`_X_AMZN_TRACE_ID`)
 * @returns the W3C `traceparent`; nothing where there is no such trace
 */
export function toTraceparent(header: string | undefined): string | undefined {
  const [, time, random, parent, sampled] = X_RAY_HEADER.exec(header ?? '') ?? [];
  return time === undefined ? undefined : `00-${time}${random}-${parent}-0${sampled}`;
}
