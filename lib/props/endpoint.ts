/** The endpoint (name, browser origins, streaming): props, defaults and checks. */
import type { IDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Token } from 'aws-cdk-lib/core';
import type { IdentityProps } from './identity.ts';

/** How the server is reached. */
export interface EndpointProps {
  /**
   * A custom domain name for the endpoint, as API Gateway knows it (`DomainName`, with its certificate). Point DNS at
   * it. The gateway's own URL is then switched off: a token issued for one URL is not accepted at another.
   *
   * @default - the gateway's own URL
   */
  readonly domainName?: IDomainName;

  /**
   * Origins (`https://app.example`) whose browser pages may call the endpoint. A request with another `Origin` is
   * refused with 403, as MCP demands; a request without one does not come from a browser page and is let through.
   *
   * @default - none
   */
  readonly allowedOrigins?: readonly string[];

  /**
   * Whether there is a second endpoint, on a REST API that streams responses, where `subscriptions/listen` stays open
   * and reports what becomes of tasks. A function runs for as long as a client listens (up to 15 minutes) and reads
   * the table as often as a polling client would: polling is cheaper, unless a client cannot send requests while it
   * waits, or pays for each of them.
   *
   * Its URL is `streamingEndpoint`. For one domain and one set of tokens, map the HTTP API to the root of a custom
   * domain and the REST API's stage to its base path `stream`.
   *
   * @default false
   */
  readonly streaming?: boolean;
}

export const ENDPOINT_DEFAULTS = { allowedOrigins: [], streaming: false } satisfies EndpointProps;

/** Origins that no browser sends, or that no browser can use. */
export function* findEndpointProblems({
  auth,
  allowedOrigins,
}: IdentityProps & Required<Pick<EndpointProps, 'allowedOrigins'>>): Iterable<string> {
  // `auth` may be missing: see `findIdentityProblems`.
  if (auth?.kind === 'iam' && allowedOrigins.length > 0)
    yield 'allowedOrigins have no effect with McpAuth.iam(): browsers do not sign their preflight requests. Remove them.';
  for (const origin of allowedOrigins)
    if (!Token.isUnresolved(origin) && !isOrigin(origin))
      yield `${JSON.stringify(origin)} is not an origin: use only scheme, host and port, as in "https://app.example".`;
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}
