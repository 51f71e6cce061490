/** The routes of both gateways, and what each `auth` makes of them: who reaches the function, and why. */
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { METADATA_PATH } from '../../lambda/auth/resource.ts';
import type { McpAuth } from '../auth/mcp-auth.ts';

/** The path of MCP. */
export const MCP_PATH = '/mcp';

/** Paths that are served to everyone: there clients find the authorization server (RFC 9728). */
export const buildPublicPaths = (auth: McpAuth): readonly string[] =>
  auth.takesTokens ? [METADATA_PATH, `${METADATA_PATH}${MCP_PATH}`] : [];

/** The gateway checks AWS's signatures. Tokens are checked in the function: see `explainNoAuthorizer`. */
export const createAuthorizer = (auth: McpAuth): HttpIamAuthorizer | undefined =>
  auth.kind === 'iam' ? new HttpIamAuthorizer() : undefined;

/** Why the endpoint's route has no authorizer (AwsSolutions-APIG4). */
export const explainNoAuthorizer = (auth: McpAuth): string =>
  auth.takesTokens
    ? "The function checks each request's access token: the gateway's JWT authorizer would answer 401 without the header that leads MCP clients to the authorization server."
    : 'The endpoint is anonymous, which synthesis warns of: the unguessable task id is the bearer.';

/** Why the metadata's routes have none. */
export const PUBLIC_ROUTE_REASON =
  'Protected resource metadata is public (RFC 9728): clients read it to learn where to get a token.';
