/** The events of an API Gateway REST API (payload format 1.0), whose replies may be streamed. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { HttpRequest } from '../mcp/request.ts';
import { buildRequestUrl } from './event.ts';

/** The stage, which is the first part of the path that clients call, on a custom domain as well. */
export const STREAM_STAGE = 'stream';

/** @param streamsUntil when the reply must have ended (ms since the epoch) */
export function readRestEvent(event: APIGatewayProxyEvent, streamsUntil: number): HttpRequest {
  const { requestContext } = event;
  const { accountId, caller, cognitoIdentityId } = requestContext.identity;
  // Of a repeated header, the plain list holds only the last value.
  const headers = Object.entries(event.multiValueHeaders ?? {}).flatMap(([name, values]): [string, string][] =>
    values === undefined ? [] : [[name.toLowerCase(), values.join(',')]],
  );
  return {
    method: event.httpMethod.toUpperCase(),
    // Without the stage and without a custom domain's base path.
    path: event.resource,
    url: buildRequestUrl(requestContext.domainName ?? '', requestContext.path),
    headers: new Map(headers),
    body: event.body ?? '',
    isBase64: event.isBase64Encoded,
    streamsUntil,
    // Set by the gateway alone, for methods that require a signature.
    ...(accountId && caller && { iam: { accountId, userId: caller, ...toCognitoIdentity(cognitoIdentityId) } }),
  };
}

const toCognitoIdentity = (identityId: string | null) => (identityId ? { cognitoIdentity: { identityId } } : {});
