/** The events of an API Gateway REST API (payload format 1.0), whose answers may be streamed. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { HttpRequest } from '../mcp/request.ts';
import { buildRequestUrl } from './event.ts';

/** The stage, and so the first part of the path that clients dial, on a custom domain as without one. */
export const STREAM_STAGE = 'stream';

/** @param streamsUntil when the answer must have ended (ms since the epoch) */
export function readRestEvent(event: APIGatewayProxyEvent, streamsUntil: number): HttpRequest {
  const { requestContext } = event;
  const { accountId, caller, cognitoIdentityId } = requestContext.identity;
  // A header that came twice is in the plain list with its last value only.
  const headers = Object.entries(event.multiValueHeaders ?? {}).flatMap(([name, values]): [string, string][] =>
    values === undefined ? [] : [[name.toLowerCase(), values.join(',')]],
  );
  return {
    method: event.httpMethod.toUpperCase(),
    // Without the stage or the base path under which a custom domain has it.
    path: event.resource,
    url: buildRequestUrl(requestContext.domainName ?? '', requestContext.path),
    headers: new Map(headers),
    body: event.body ?? '',
    isBase64: event.isBase64Encoded,
    streamsUntil,
    // Set by the gateway for methods that demand a signature, and by nobody else.
    ...(accountId && caller && { iam: { accountId, userId: caller, ...toCognitoIdentity(cognitoIdentityId) } }),
  };
}

const toCognitoIdentity = (identityId: string | null) => (identityId ? { cognitoIdentity: { identityId } } : {});
