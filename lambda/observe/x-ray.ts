/** X-Ray's trace header as a W3C `traceparent`: the same 128 bits in a different notation. */

const X_RAY_HEADER = /^Root=1-([\da-f]{8})-([\da-f]{24});Parent=([\da-f]{16});Sampled=([01])/;

/**
 * @param header what Lambda sets for each invocation (`_X_AMZN_TRACE_ID`)
 * @returns `undefined` without a trace
 */
export function toTraceparent(header: string | undefined): string | undefined {
  const [, time, random, parent, sampled] = X_RAY_HEADER.exec(header ?? '') ?? [];
  return time === undefined ? undefined : `00-${time}${random}-${parent}-0${sampled}`;
}
