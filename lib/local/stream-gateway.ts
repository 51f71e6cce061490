/** An API Gateway REST API on this machine, as far as it streams what its function writes. */
import type { ServerResponse } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';

/** What a function says while it answers: status and headers as JSON, then the body piece by piece. */
export type OnPiece = (kind: 'head' | 'piece', value: string) => void;

export interface StreamRoute {
  /** Name of the stage: the first part of the path. */
  readonly stage: string;
  /** The resource behind it, with its leading slash. */
  readonly resource: string;
  readonly invoke: (event: APIGatewayProxyEvent, onPiece: OnPiece) => Promise<unknown>;
}

export const buildStreamPath = ({ stage, resource }: Omit<StreamRoute, 'invoke'>): string => `/${stage}${resource}`;

/**
 * Send what the function writes, as it writes it. As with the real one the function is not told of a client that
 * has gone away.
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
  if (!response.headersSent) throw new Error('The streaming function ended without an answer.');
  response.end();
}

/** The same request in payload format 1.0. */
function toRestEvent(event: APIGatewayProxyEventV2, { stage, resource }: StreamRoute): APIGatewayProxyEvent {
  const { requestContext, headers, rawPath, body = null, isBase64Encoded } = event;
  const { http, domainName, requestId, accountId, apiId, timeEpoch } = requestContext;
  const named = Object.entries(headers).map(([name, value]) => [name, [value ?? '']]);
  const identity = { sourceIp: http.sourceIp, userAgent: http.userAgent };
  return {
    ...{ resource, path: resource, httpMethod: http.method, headers, body, isBase64Encoded, stageVariables: null },
    multiValueHeaders: Object.fromEntries(named),
    queryStringParameters: event.queryStringParameters ?? null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    requestContext: {
      ...{ accountId, apiId, stage, requestId, domainName, identity, authorizer: null },
      ...{ path: rawPath, httpMethod: http.method, protocol: http.protocol },
      ...{ resourcePath: resource, resourceId: 'local', requestTimeEpoch: timeEpoch },
    } as unknown as APIGatewayProxyEvent['requestContext'],
  };
}
