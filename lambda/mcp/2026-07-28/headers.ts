/**
 * The headers that mirror the body (MCP 2026-07-28, Streamable HTTP, Request Metadata; SEP-2243): whoever
 * routes by a header and whoever executes the body must see the same request.
 */
import { CODE, Refusal } from '../failure.ts';
import { getOwn, type RpcRequest } from '../rpc.ts';

export type HeaderMap = ReadonlyMap<string, string>;

/** Which member of `params` the `Mcp-Name` header repeats, by method. */
const NAME_SOURCES = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

export const refuseHeader = (header: string, problem: string): Refusal =>
  new Refusal(400, CODE.headerMismatch, `Header mismatch: ${header}: ${problem}`, { mismatch: { header } });

/** A header as RFC 9110 reads it: without the blanks around its value. */
export const getHeader = (headers: HeaderMap, name: string): string | undefined =>
  trimBlanks(headers.get(name.toLowerCase()));

/** In linear time, which a regular expression would not promise for a header of nothing but blanks. */
function trimBlanks(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start += 1;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end -= 1;
  return value.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** @throws Refusal 400 -32020 when a header that is there says something else than the body */
export function checkHeaderAgreement(headers: HeaderMap, request: RpcRequest, version: string): void {
  const named = getHeader(headers, 'MCP-Protocol-Version');
  if (named !== undefined && named !== version)
    throw refuseHeader('MCP-Protocol-Version', 'the body names another version.');
  const method = getHeader(headers, 'Mcp-Method');
  if (method !== undefined && method !== request.method)
    throw refuseHeader('Mcp-Method', 'the body names another method.');
}

/** @throws Refusal 400 -32020 when a required header is missing, or `Mcp-Name` is not the name in the body */
export function checkHeaderPresence(headers: HeaderMap, request: RpcRequest): void {
  for (const header of ['MCP-Protocol-Version', 'Mcp-Method'])
    if (getHeader(headers, header) === undefined) throw refuseHeader(header, 'it is missing.');
  const source = NAME_SOURCES.get(request.method);
  if (source === undefined) return;
  const member = getOwn(request.params, source);
  const expected = typeof member === 'string' ? member : undefined;
  const value = getHeader(headers, 'Mcp-Name');
  if (value === undefined) {
    // A body without the name is refused for that, further on.
    if (expected !== undefined) throw refuseHeader('Mcp-Name', `it is missing; it repeats params.${source}.`);
    return;
  }
  const decoded = decodeHeaderValue(value);
  if (decoded === undefined) throw refuseHeader('Mcp-Name', 'its Base64 form is not valid.');
  if (expected !== undefined && decoded !== expected) throw refuseHeader('Mcp-Name', `params.${source} is another.`);
}

const BASE64_FORM = /^=\?base64\?(.*)\?=$/s;
const CANONICAL_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The text of a header value, which may be in the Base64 form of SEP-2243; `undefined` when that form is broken. */
export function decodeHeaderValue(value: string): string | undefined {
  const encoded = BASE64_FORM.exec(value)?.[1];
  if (encoded === undefined) return value;
  if (!CANONICAL_BASE64.test(encoded)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined;
  }
}
