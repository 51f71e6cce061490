/** One text for each JSON value, and its digest: two values are equal if and only if their texts are. */
import { createHash } from 'node:crypto';

/**
 * JSON whose members have one order, however a client wrote them. A value that is not JSON yet is first converted as
 * `JSON.stringify` does, since that is what is stored.
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
 * An object becomes pairs, because JavaScript always puts members with numeric names first; the pairs are wrapped, so
 * that no object has the text of an array.
 */
function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { members: members.map(([name, member]) => [name, sortMembers(member)]) };
}
