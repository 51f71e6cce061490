/** Reading a request's headers. */

/** Header values by lower-cased name. */
export type HeaderMap = ReadonlyMap<string, string>;

/** A header's value without the blanks around it, as RFC 9110 reads it. */
export const getHeader = (headers: HeaderMap, name: string): string | undefined =>
  trimBlanks(headers.get(name.toLowerCase()));

/** In linear time, which a regular expression does not guarantee for a header that is all blanks. */
function trimBlanks(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start += 1;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end -= 1;
  return value.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
