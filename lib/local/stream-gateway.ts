/** An API Gateway REST API on this machine: the part of it that streams a function's response. */
import type { ServerResponse } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { PieceHandler } from './runtime.ts';

export interface StreamRoute {
  /** The stage's name: the first part of the path. */
  readonly stage: string;
  /** The resource's path, with its leading slash: the rest of the path. */
  readonly resource: string;
  readonly invoke: (event: APIGatewayProxyEvent, onPiece: PieceHandler) => Promise<unknown>;
}

export const buildStreamPath = ({ stage, resource }: Omit<StreamRoute, 'invoke'>): string => `/${stage}${resource}`;

/**
 * Sends what the function writes, as it writes it. As in AWS, the function does not learn that a client has
 * disconnected.
 *
 * @throws Error when the function ends without a response
 */
export async function serveStream(
  response: ServerResponse,
  event: APIGatewayProxyEventV2,
  route: StreamRoute,
): Promise<void> {
  await route.invoke(toRestEvent(event, route), (kind, value) => {
    if (response.destroyed) return;
    if (kind === 'piece') return void response.write(value);
    const { statusCode, headers } = JSON.parse(value) as { statusCode: number; headers: Record<string, string> };
    response.writeHead(statusCode, headers).flushHeaders();
  });
  if (!response.headersSent) throw new Error('The streaming function ended without a response.');
  response.end();
}

/** The same request in payload format 1.0. */
function toRestEvent(event: APIGatewayProxyEventV2, { stage, resource }: StreamRoute): APIGatewayProxyEvent {
  const { requestContext, headers, rawPath, body = null, isBase64Encoded } = event;
  const { http, domainName, requestId, accountId, apiId, timeEpoch } = requestContext;
  const identity = { sourceIp: http.sourceIp, userAgent: http.userAgent };
  return {
    resource,
    path: resource,
    httpMethod: http.method,
    headers,
    body,
    isBase64Encoded,
    stageVariables: null,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? '']])),
    queryStringParameters: event.queryStringParameters ?? null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    requestContext: {
      accountId,
      apiId,
      stage,
      requestId,
      domainName,
      identity,
      authorizer: null,
      path: rawPath,
      httpMethod: http.method,
      protocol: http.protocol,
      resourcePath: resource,
      resourceId: 'local',
      requestTimeEpoch: timeEpoch,
    } as unknown as APIGatewayProxyEvent['requestContext'],
  };
}
