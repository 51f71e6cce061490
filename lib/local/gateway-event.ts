/** Converts between HTTP and the events of an API Gateway HTTP API (payload format 2.0). */
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { LOCAL_AWS } from './aws.ts';
import type { RouteMatch } from './routes.ts';

/** @param now ms since the epoch */
export function toGatewayEvent(
  request: IncomingMessage,
  body: Buffer,
  route: RouteMatch,
  now: number,
): APIGatewayProxyEventV2 {
  const [rawPath = '/', rawQueryString = ''] = splitOnce(request.url ?? '/', '?');
  const { cookies, headers } = parseRawHeaders(request);
  const domainName = headers.host ?? '';
  const text = isText(headers['content-type']) && isUtf8(body);
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers,
    ...(rawQueryString ? { queryStringParameters: joinDuplicates(new URLSearchParams(rawQueryString)) } : {}),
    requestContext: {
      accountId: LOCAL_AWS.account,
      apiId: 'local',
      domainName,
      domainPrefix: domainName.split('.')[0] ?? '',
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.routeKey,
      stage: '$default',
      time: formatLogTime(new Date(now)),
      timeEpoch: now,
    },
    ...(route.pathParameters ? { pathParameters: { ...route.pathParameters } } : {}),
    ...(body.length > 0 ? { body: body.toString(text ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !text,
  };
}

/** Lower-case names, duplicates joined with commas, cookies separate. Node's own `headers` drops some duplicates. */
function parseRawHeaders(request: IncomingMessage): { cookies: string[]; headers: Record<string, string> } {
  const pairs = request.rawHeaders.flatMap((name, i, all) =>
    i % 2 === 0 ? [[name.toLowerCase(), all[i + 1] ?? '']] : [],
  );
  const { cookie, ...headers } = joinDuplicates(pairs as [string, string][]);
  return {
    cookies: cookie ? cookie.split(/[;,]\s*/) : [],
    headers: {
      ...headers,
      'x-forwarded-for': request.socket.remoteAddress ?? '127.0.0.1',
      'x-forwarded-port': String(request.socket.localPort ?? ''),
      'x-forwarded-proto': 'http',
    },
  };
}

function joinDuplicates(pairs: Iterable<[string, string]>): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
  // Null prototype: a header may be called `__proto__`.
  return Object.assign(Object.create(null), Object.fromEntries(values));
}

function isText(contentType: string | undefined): boolean {
  return /^(text\/|application\/(json|xml|javascript|[\w.-]+\+(json|xml))\s*(;|$))/i.test(contentType ?? '');
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** `12/Mar/2026:19:03:58 +0000`, as in access logs. */
function formatLogTime(date: Date): string {
  const [, day, month, year, time] = /(\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

/** Headers of the connection: only the gateway sets them. */
const GATEWAY_OWNED_HEADERS = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'upgrade',
  'trailer',
]);

/** @throws TypeError when the function's result is not an HTTP response */
export function sendGatewayResponse(response: ServerResponse, result: unknown): void {
  const { statusCode = 200, headers = {}, body = '', isBase64Encoded, cookies } = toStructuredResult(result);
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const hasNoBody = statusCode === 204 || statusCode === 304;
  response.statusCode = statusCode;
  if (!hasNoBody) response.setHeader('content-type', 'text/plain; charset=utf-8');
  for (const [name, value] of Object.entries(headers)) {
    if (!GATEWAY_OWNED_HEADERS.has(name.toLowerCase())) response.setHeader(name, String(value));
  }
  if (cookies?.length) response.setHeader('set-cookie', cookies);
  if (hasNoBody) response.end();
  else response.setHeader('content-length', bytes.length).end(bytes);
}

/** Without a `statusCode`, the function's whole result is the body of a 200. */
function toStructuredResult(result: unknown): APIGatewayProxyStructuredResultV2 {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result);
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const response = result as APIGatewayProxyStructuredResultV2;
  const { statusCode } = response;
  if (!Number.isInteger(statusCode) || Number(statusCode) < 200 || Number(statusCode) > 599) {
    throw new TypeError(`The API function's statusCode must be an integer from 200 to 599, not ${statusCode}.`);
  }
  return response;
}
