/** Requests as a well-behaved client would send them, and as API Gateway would deliver them. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { META, TASKS_EXTENSION } from '../../lambda/mcp/rpc.ts';

export const VERSION = '2026-07-28';
export const TASKS = { extensions: { [TASKS_EXTENSION]: {} } };

/** What a request is made of; everything has the value a well-behaved client would give. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  readonly base64?: boolean;
  readonly owner?: string;
  readonly client?: string;
}

export interface Call {
  readonly capabilities?: Record<string, unknown>;
  readonly meta?: Record<string, unknown>;
  readonly headers?: Record<string, string | undefined>;
  readonly id?: string | number;
  readonly owner?: string;
  readonly client?: string;
}

export function modern(method: string, params: Record<string, unknown> = {}, more: Call = {}): Sent {
  const { capabilities = TASKS, meta = {}, headers = {}, id = 1 } = more;
  const _meta = { [META.protocolVersion]: VERSION, [META.clientCapabilities]: capabilities, ...meta };
  const name = params.name ?? params.uri ?? params.taskId;
  return {
    headers: {
      'mcp-protocol-version': VERSION,
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
      ...headers,
    },
    body: { jsonrpc: '2.0', id, method, params: { _meta, ...params } },
  };
}

export function eventOf({
  method = 'POST',
  path = '/mcp',
  headers = {},
  body,
  text,
  base64,
}: Sent): APIGatewayProxyEventV2 {
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const fields = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers };
  return {
    rawPath: path,
    headers: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    requestContext: { stage: '$default', domainName: 'example.com', http: { method } },
    ...(payload !== undefined && { body: base64 ? Buffer.from(payload).toString('base64') : payload }),
    isBase64Encoded: base64 ?? false,
  } as unknown as APIGatewayProxyEventV2;
}
