/** What a step returns is what JSON makes of it, on the first run as on every later one. */

/** A value that JSON cannot carry, with where it was found. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/**
 * The JSON of a value. What `JSON.stringify` would change or drop without a word is refused instead:
 * functions, symbols, bigint, non-finite numbers, and objects that are not plain (Date, Map, class instances).
 * `undefined` as a whole or as a property is allowed: it comes back as absent.
 *
 * @param what names the value in the message, for example `step "scan"`
 * @throws NotJson
 */
export function toJson(value: unknown, what: string): string | undefined {
  if (value === undefined) return undefined;
  check(value, what, '', new Set());
  return JSON.stringify(value);
}

function check(value: unknown, what: string, path: string, above: Set<object>): void {
  const refuse = (kind: string): never => {
    throw new NotJson(
      `What ${what} returned is not JSON: ${kind}${path ? ` at ${path}` : ''}. Return plain data instead.`,
    );
  };
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : refuse(String(value));
  if (typeof value !== 'object') return refuse(`a ${typeof value}`);
  if (above.has(value)) return refuse('a circle');
  above.add(value);
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      check(item, what, `${path}[${index}]`, above);
    });
  } else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      refuse(`a ${value.constructor?.name ?? 'class instance'}`);
    for (const [key, item] of Object.entries(value)) check(item, what, path ? `${path}.${key}` : key, above);
  }
  above.delete(value);
}
