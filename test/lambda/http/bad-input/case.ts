/** One case of bad input, and how its request is built. */
import { buildRequest, type TestRequest, type TestRequestOptions } from '../../../support/requests.ts';

export interface BadInput {
  readonly name: string;
  readonly sent: TestRequest;
  readonly status: number;
  /** The JSON-RPC error's code; absent when the reply is a tool error. */
  readonly code?: number;
  /** The reply is a result with `isError`, whose text contains this. */
  readonly toolError?: string;
  /** Why the official SDK's verdict differs, or that it has none. Absent: era, status and code agree. */
  readonly sdkDiffers?: string;
  /** The request cannot be sent through a gateway, which limits headers to a total of 10,240 bytes. */
  readonly handlerOnly?: true;
}

export const NO_TASKS_REASON = 'the SDK serves no task methods';

export const buildListRequest = (more: TestRequestOptions = {}) => buildRequest('tools/list', {}, more);
export const buildEchoRequest = (args: unknown, more: TestRequestOptions = {}) =>
  buildRequest('tools/call', { name: 'echo', arguments: args }, more);
/** A valid `tools/list`, with these members changed. */
export const changeMessage = (change: Record<string, unknown>): TestRequest => {
  const sent = buildListRequest();
  return { ...sent, body: { ...(sent.body as object), ...change } };
};
export const buildMetaRequest = (value: Record<string, unknown>): TestRequest =>
  buildRequest('tools/list', { _meta: value });
export const buildRawRequest = (text: string): TestRequest => ({ ...buildListRequest(), text });
export const nestArrays = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
export const encodeHeader = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;
export const buildLegacyRequest = (
  change: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): TestRequest => ({
  headers,
  body: { jsonrpc: '2.0', id: 1, method: 'tools/list', ...change },
});
/** Text of a valid request, with JSON text as its arguments. */
export const buildRawEchoRequest = (args: string): TestRequest => {
  const sent = buildEchoRequest('ARGUMENTS');
  return { ...sent, text: JSON.stringify(sent.body).replace('"ARGUMENTS"', args) };
};

export const BODY_LIMIT_BYTES = 1_048_576;
