/** One text for each JSON value, and its digest: two values are the same exactly if their texts are. */
import { createHash } from 'node:crypto';

/**
 * JSON whose members are in one order, however a client wrote them. What is not JSON yet is first made what
 * `JSON.stringify` makes of it, which is also what is stored.
 *
 * @throws TypeError for a value that JSON cannot hold (a `BigInt`, a cycle)
 */
export function canonicalizeJson(value: unknown): string {
  return JSON.stringify(sortMembers(JSON.parse(JSON.stringify(value) ?? 'null')));
}

/** SHA-256 of the canonical text, in Base64url. */
export function digestJson(value: unknown): string {
  return createHash('sha256').update(canonicalizeJson(value)).digest('base64url');
}

/**
 * An object becomes pairs, since an object would put members that look like numbers first whatever the order; the
 * pairs are wrapped, so that no object has the text of an array.
 */
function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { members: members.map(([name, member]) => [name, sortMembers(member)]) };
}
