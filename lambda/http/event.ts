/** API Gateway's events (HTTP API, payload format 2.0), in and out. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { HttpRequest, IamContext } from '../mcp/request.ts';
import type { Reply } from '../mcp/rpc.ts';

export function readHttpEvent(event: APIGatewayProxyEventV2): HttpRequest {
  const { http, stage, domainName } = event.requestContext;
  const prefix = `/${stage}`;
  // The raw path includes a named stage; the endpoint's own path begins after it.
  const inStage = stage !== '$default' && (event.rawPath === prefix || event.rawPath.startsWith(`${prefix}/`));
  const headers = Object.entries(event.headers ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name.toLowerCase(), value]],
  );
  return {
    method: http.method.toUpperCase(),
    path: inStage ? event.rawPath.slice(prefix.length) || '/' : event.rawPath,
    url: buildRequestUrl(domainName, event.rawPath),
    headers: new Map(headers),
    body: event.body ?? '',
    isBase64: event.isBase64Encoded === true,
    ...readIamContext(event),
  };
}

/** Present only on a route with an IAM authorizer; no client can set it. */
function readIamContext({ requestContext }: APIGatewayProxyEventV2): Pick<HttpRequest, 'iam'> {
  const { authorizer } = requestContext as { readonly authorizer?: { readonly iam?: IamContext } };
  return authorizer?.iam ? { iam: authorizer.iam } : {};
}

/** The URL that was called. Locally the domain comes from the client's `Host` header, and there is no TLS. */
export function buildRequestUrl(domain: string, path: string): string {
  const scheme = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(domain) ? 'http' : 'https';
  const url = `${scheme}://${domain}${path}`;
  return URL.canParse(url) ? url : 'https://localhost/';
}

export const toHttpResponse = ({ status, headers, body }: Reply): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { ...headers },
  ...(body !== undefined && { body }),
});
