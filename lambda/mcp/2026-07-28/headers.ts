/**
 * The headers that mirror the body (MCP 2026-07-28, Streamable HTTP, Request Metadata; SEP-2243): a
 * router that reads the headers and a server that executes the body must see the same request.
 */
import { CODE, Refusal } from '../failure.ts';
import { getHeader, type HeaderMap } from '../headers.ts';
import { getOwn, type RpcRequest } from '../rpc.ts';

/** The member of `params` that the `Mcp-Name` header repeats, by method. */
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

/** @throws Refusal 400 -32020 when a header that is present differs from the body */
export function checkHeaderAgreement(headers: HeaderMap, request: RpcRequest, version: string): void {
  const named = getHeader(headers, 'MCP-Protocol-Version');
  if (named !== undefined && named !== version)
    throw refuseHeader('MCP-Protocol-Version', 'it differs from the version in the body.');
  const method = getHeader(headers, 'Mcp-Method');
  if (method !== undefined && method !== request.method)
    throw refuseHeader('Mcp-Method', 'it differs from the method in the body.');
}

/** @throws Refusal 400 -32020 when a required header is missing, or `Mcp-Name` differs from the name in the body */
export function checkHeaderPresence(headers: HeaderMap, request: RpcRequest): void {
  for (const header of ['MCP-Protocol-Version', 'Mcp-Method'])
    if (getHeader(headers, header) === undefined) throw refuseHeader(header, 'it is missing.');
  const source = NAME_SOURCES.get(request.method);
  if (source === undefined) return;
  const member = getOwn(request.params, source);
  const expected = typeof member === 'string' ? member : undefined;
  const value = getHeader(headers, 'Mcp-Name');
  if (value === undefined) {
    // A body without the name is refused for that later.
    if (expected !== undefined) throw refuseHeader('Mcp-Name', `it is missing; it repeats params.${source}.`);
    return;
  }
  const decoded = decodeHeaderValue(value);
  if (decoded === undefined) throw refuseHeader('Mcp-Name', 'its Base64 form is invalid.');
  if (expected !== undefined && decoded !== expected)
    throw refuseHeader('Mcp-Name', `it differs from params.${source}.`);
}

const BASE64_FORM = /^=\?base64\?(.*)\?=$/s;
const CANONICAL_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The text of a header value, which may be in the Base64 form of SEP-2243; `undefined` when that form is invalid. */
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
