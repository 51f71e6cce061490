/** Requests as a well-behaved client would send them, and as API Gateway would deliver them. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { META_KEYS, TASKS_EXTENSION } from '../../lambda/mcp/rpc.ts';

export const TEST_REVISION = '2026-07-28';
export const DECLARED_TASKS = { extensions: { [TASKS_EXTENSION]: {} } };

/** The parts of a request; the defaults are those of a well-behaved client. */
export interface TestRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: unknown;
  /** The body as text, sent unchanged. */
  readonly text?: string;
  readonly base64?: boolean;
  readonly owner?: string;
  readonly client?: string;
}

export interface TestRequestOptions {
  readonly capabilities?: Record<string, unknown>;
  readonly meta?: Record<string, unknown>;
  readonly headers?: Record<string, string | undefined>;
  readonly id?: string | number;
  readonly owner?: string;
  readonly client?: string;
}

export function buildRequest(
  method: string,
  params: Record<string, unknown> = {},
  more: TestRequestOptions = {},
): TestRequest {
  const { capabilities = DECLARED_TASKS, meta = {}, headers = {}, id = 1 } = more;
  const _meta = { [META_KEYS.protocolVersion]: TEST_REVISION, [META_KEYS.clientCapabilities]: capabilities, ...meta };
  const name = params.name ?? params.uri ?? params.taskId;
  return {
    headers: {
      'mcp-protocol-version': TEST_REVISION,
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
      ...headers,
    },
    body: { jsonrpc: '2.0', id, method, params: { _meta, ...params } },
  };
}

/** With the headers that every client sends, and without those that are undefined. */
function fillHeaders(headers: TestRequest['headers']): Record<string, string> {
  const fields = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers };
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}

/** A request as `fetch` takes it. */
export function buildFetchInit(
  method: string,
  params: Record<string, unknown> = {},
  more: TestRequestOptions = {},
): { readonly method: 'POST'; readonly headers: Record<string, string>; readonly body: string } {
  const { headers, body } = buildRequest(method, params, more);
  return { method: 'POST', headers: fillHeaders(headers), body: JSON.stringify(body) };
}

export function buildApiEvent({
  method = 'POST',
  path = '/mcp',
  headers = {},
  body,
  text,
  base64,
}: TestRequest): APIGatewayProxyEventV2 {
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
  return {
    rawPath: path,
    headers: fillHeaders(headers),
    requestContext: { stage: '$default', domainName: 'example.com', http: { method } },
    ...(payload !== undefined && { body: base64 ? Buffer.from(payload).toString('base64') : payload }),
    isBase64Encoded: base64 ?? false,
  } as unknown as APIGatewayProxyEventV2;
}
