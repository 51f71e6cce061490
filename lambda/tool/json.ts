/** The value of a step is what JSON makes of it, on the first run as on every later one. */
import { TaskError } from '../errors/task-error.ts';

/** A value is not JSON; the message says where. Never leaves the tool runtime: it becomes a `ToolBroken`. */
export class NotJson extends TaskError {
  override readonly name = 'NotJson';
  override readonly errorCode = 'NOT_JSON';
}

/**
 * The JSON of a value. Whatever `JSON.stringify` would silently change or drop is refused instead:
 * functions, symbols, bigint, non-finite numbers, and objects that are not plain (Date, Map, class instances).
 * `undefined` as a whole or as a property is allowed: it comes back as absent.
 *
 * @param what names the value's source in the message, for example `step "scan"`
 * @throws NotJson
 */
export function toJson(value: unknown, what: string): string | undefined {
  if (value === undefined) return undefined;
  checkJson(value, what, '', new Set());
  return JSON.stringify(value);
}

function checkJson(value: unknown, what: string, path: string, above: Set<object>): void {
  const kind = describeNonJson(value, above);
  if (kind !== undefined)
    throw new NotJson(
      `The value returned by ${what} is not JSON: ${kind}${path ? ` at ${path}` : ''}. Return plain data instead.`,
    );
  if (typeof value !== 'object' || value === null) return;
  above.add(value);
  for (const [key, item] of Object.entries(value))
    checkJson(item, what, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key, above);
  above.delete(value);
}

/** Why a value is not JSON, its members aside; absent when it is. */
function describeNonJson(value: unknown, above: ReadonlySet<object>): string | undefined {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean')
    return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (above.has(value)) return 'a circular reference';
  if (Array.isArray(value)) return undefined;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null
    ? undefined
    : `a ${value.constructor?.name ?? 'class instance'}`;
}
