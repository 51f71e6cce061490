/** What each `auth` makes of the gateway: who is let through to the function, and why where nobody is stopped. */
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { METADATA_PATH } from '../../lambda/auth/resource.ts';
import type { McpAuth } from '../auth/mcp-auth.ts';

/** Paths that are served beside the endpoint, to everybody: where clients learn which authorization server to ask. */
export const buildPublicPaths = (auth: McpAuth, mcpPath: string): readonly string[] =>
  auth.takesTokens ? [METADATA_PATH, `${METADATA_PATH}${mcpPath}`] : [];

/** The gateway checks AWS's signatures. Tokens are checked in the function: see `explainNoAuthorizer`. */
export const createAuthorizer = (auth: McpAuth): HttpIamAuthorizer | undefined =>
  auth.kind === 'iam' ? new HttpIamAuthorizer() : undefined;

/** Why the endpoint's route has no authorizer (AwsSolutions-APIG4). */
export const explainNoAuthorizer = (auth: McpAuth): string =>
  auth.takesTokens
    ? "The function checks each request's access token: the gateway's JWT authorizer would answer 401 by itself, without the header that leads MCP clients to the authorization server."
    : 'The endpoint is anonymous, and says so when it is synthesized: the unguessable task id is the bearer.';

/** Why the metadata's routes have none. */
export const PUBLIC_ROUTE_REASON =
  'Protected resource metadata is public (RFC 9728): clients read it to learn where to get a token.';
