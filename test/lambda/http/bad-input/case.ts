/** What a row of bad input says, and how requests are made for one. */
import { type Call, modern, type Sent } from '../../../support/requests.ts';

export interface BadInput {
  readonly name: string;
  readonly sent: Sent;
  readonly status: number;
  /** The JSON-RPC error's code; absent where the answer is a tool error. */
  readonly code?: number;
  /** A result with `isError`, whose text holds this. */
  readonly toolError?: string;
  /** Why the official SDK's own verdict differs, or that it has none. Absent: era, status and code agree. */
  readonly sdkDiffers?: string;
  /** The request cannot be sent through a gateway, which limits headers to 10,240 bytes in all. */
  readonly handlerOnly?: true;
}

export const NO_TASKS = 'the SDK serves no task methods';

export const list = (more: Call = {}) => modern('tools/list', {}, more);
export const echo = (args: unknown, more: Call = {}) => modern('tools/call', { name: 'echo', arguments: args }, more);
/** A valid `tools/list`, with these members changed. */
export const changed = (change: Record<string, unknown>): Sent => {
  const sent = list();
  return { ...sent, body: { ...(sent.body as object), ...change } };
};
export const meta = (value: Record<string, unknown>): Sent => modern('tools/list', { _meta: value });
export const raw = (text: string): Sent => ({ ...list(), text });
export const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
export const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;
export const legacy = (change: Record<string, unknown> = {}, headers: Record<string, string> = {}): Sent => ({
  headers,
  body: { jsonrpc: '2.0', id: 1, method: 'tools/list', ...change },
});
/** Text of a valid request, with JSON text as its arguments. */
export const echoText = (args: string): Sent => {
  const sent = echo('ARGUMENTS');
  return { ...sent, text: JSON.stringify(sent.body).replace('"ARGUMENTS"', args) };
};

export const LIMIT = 1_048_576;
