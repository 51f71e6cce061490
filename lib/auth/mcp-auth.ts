/** The `auth` prop: who may call. There is no default, because each of the answers is wrong for somebody. */
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { type CognitoAuthOptions, checkTokenOptions, type JwtAuthOptions, type TokenOptions } from './token-options.ts';

/** How callers are known: `jwt` and `cognito` by access tokens, `iam` by AWS's signature, `none` not at all. */
export type McpAuthKind = 'jwt' | 'cognito' | 'iam' | 'none';

/**
 * Who may call an `McpTasksServer`, and who owns the tasks that they create.
 *
 * @example
 * ```ts
 * import { McpAuth } from 'mcp-tasks-aws/cdk';
 *
 * export const customers = McpAuth.jwt({ issuer: 'https://login.example.com', scopes: ['reports'] });
 * export const roles = McpAuth.iam();
 * export const anyone = McpAuth.none();
 * ```
 */
export class McpAuth {
  /**
   * Access tokens of one OAuth 2.1 authorization server. The function checks them and leads clients to the issuer, as
   * MCP's authorization asks of a resource server. Owner of a task is the token's subject, or the client of a token
   * that has none.
   *
   * @throws Error when an option cannot work, with what to do
   */
  static jwt(options: JwtAuthOptions): McpAuth {
    checkTokenOptions(options);
    const { issuer, jwksUri, algorithms = [] } = options;
    return new McpAuth('jwt', {
      AUTH_ISSUER: issuer,
      ...(jwksUri !== undefined && { AUTH_JWKS_URI: jwksUri }),
      ...(algorithms.length > 0 && { AUTH_ALGORITHMS: algorithms.join(' ') }),
      ...buildTokenEnvironment(options),
    });
  }

  /**
   * Access tokens of an Amazon Cognito user pool, from the given app clients alone. A pool registers no clients by
   * itself: whoever connects is told the id of one of them.
   *
   * @throws Error when an option cannot work, with what to do
   */
  static cognito(options: CognitoAuthOptions): McpAuth {
    checkTokenOptions(options);
    const { userPool, clients } = options;
    if (clients.length === 0)
      throw new Error(
        'McpAuth.cognito: name the app clients whose tokens are taken, as Cognito names no audience in them.',
      );
    const issuer = buildIssuerUrl(userPool);
    return new McpAuth('cognito', {
      AUTH_ISSUER: issuer,
      AUTH_JWKS_URI: `${issuer}/.well-known/jwks.json`,
      AUTH_ALGORITHMS: 'RS256',
      AUTH_CLIENTS: clients.map((client) => client.userPoolClientId).join(' '),
      ...buildTokenEnvironment(options),
    });
  }

  /**
   * AWS's own signature (SigV4), which the gateway checks. Whoever has `execute-api:Invoke` on the endpoint may call:
   * see `McpTasksServer.grantInvoke`. Owner of a task is the role or user, by its unique id; everybody who assumes one
   * role is one owner.
   */
  static iam(): McpAuth {
    return new McpAuth('iam', {});
  }

  /**
   * Nobody is asked who they are: whoever knows the URL may call, and whoever knows a task's id may read and cancel
   * it. For trying out, or behind something that knows its callers; synthesis warns of it.
   */
  static none(): McpAuth {
    return new McpAuth('none', {});
  }

  readonly kind: McpAuthKind;
  /** What the API function is told of it. */
  readonly environment: Readonly<Record<string, string>>;

  private constructor(kind: McpAuthKind, environment: Readonly<Record<string, string>>) {
    this.kind = kind;
    this.environment = { AUTH: kind, ...environment };
  }

  /** Whether callers bring access tokens, so that they have to find out where to get one. */
  get takesTokens(): boolean {
    return this.kind === 'jwt' || this.kind === 'cognito';
  }
}

const buildIssuerUrl = ({ userPoolProviderName }: IUserPool): string => `https://${userPoolProviderName}`;

function buildTokenEnvironment({
  audience = [],
  scopes = [],
  clockSkew,
  resource,
}: TokenOptions): Record<string, string> {
  const audiences = [audience].flat();
  return {
    ...(audiences.length > 0 && { AUTH_AUDIENCES: audiences.join(' ') }),
    ...(scopes.length > 0 && { AUTH_SCOPES: scopes.join(' ') }),
    ...(clockSkew !== undefined && { AUTH_CLOCK_SKEW_SECONDS: String(clockSkew.toSeconds()) }),
    ...(resource !== undefined && { AUTH_RESOURCE: resource }),
  };
}
