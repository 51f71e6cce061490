/** The `auth` prop: who may call. There is no default, because no choice suits everyone. */
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { VARIABLES } from '../../lambda/variables.ts';
import { type CognitoAuthOptions, checkTokenOptions, type JwtAuthOptions, type TokenOptions } from './token-options.ts';

/** How callers are identified: `jwt` and `cognito` by access tokens, `iam` by AWS's signature, `none` not at all. */
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
   * Access tokens of one OAuth 2.1 authorization server. The function checks them and directs clients to the issuer,
   * as MCP's authorization asks of a resource server. The owner of a task is the token's subject, or the client if the
   * token has no subject.
   *
   * @throws Error when an option cannot work, with what to do
   */
  static jwt(options: JwtAuthOptions): McpAuth {
    checkTokenOptions(options);
    const { issuer, jwksUri, algorithms = [] } = options;
    return new McpAuth('jwt', {
      [VARIABLES.authIssuer]: issuer,
      ...(jwksUri !== undefined && { [VARIABLES.authJwksUri]: jwksUri }),
      ...(algorithms.length > 0 && { [VARIABLES.authAlgorithms]: algorithms.join(' ') }),
      ...buildTokenEnvironment(options),
    });
  }

  /**
   * Access tokens of an Amazon Cognito user pool, issued to the given app clients. A pool does not register clients
   * dynamically: give the id of one of them to each user who connects.
   *
   * @throws Error when an option cannot work, with what to do
   */
  static cognito(options: CognitoAuthOptions): McpAuth {
    checkTokenOptions(options);
    const { userPool, clients } = options;
    if (clients.length === 0)
      throw new Error(
        'McpAuth.cognito: name the app clients whose tokens are accepted, as Cognito puts no audience into them.',
      );
    const issuer = buildIssuerUrl(userPool);
    return new McpAuth('cognito', {
      [VARIABLES.authIssuer]: issuer,
      [VARIABLES.authJwksUri]: `${issuer}/.well-known/jwks.json`,
      [VARIABLES.authAlgorithms]: 'RS256',
      [VARIABLES.authClients]: clients.map((client) => client.userPoolClientId).join(' '),
      ...buildTokenEnvironment(options),
    });
  }

  /**
   * AWS's own signature (SigV4), which the gateway checks. Every principal with `execute-api:Invoke` on the endpoint
   * may call: see `McpTasksServer.grantInvoke`. The owner of a task is the role or user, by its unique id; all who
   * assume the same role are one owner.
   */
  static iam(): McpAuth {
    return new McpAuth('iam', {});
  }

  /**
   * No authentication: anyone who knows the URL may call, and anyone who knows a task's id may read and cancel it.
   * For trials, or behind something that authenticates its callers; synthesis warns of it.
   */
  static none(): McpAuth {
    return new McpAuth('none', {});
  }

  readonly kind: McpAuthKind;
  /** The variables by which the functions that answer requests know it. */
  readonly environment: Readonly<Record<string, string>>;

  private constructor(kind: McpAuthKind, environment: Readonly<Record<string, string>>) {
    this.kind = kind;
    this.environment = { [VARIABLES.auth]: kind, ...environment };
  }

  /** Whether callers bring access tokens, and so must be able to find the authorization server. */
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
    ...(audiences.length > 0 && { [VARIABLES.authAudiences]: audiences.join(' ') }),
    ...(scopes.length > 0 && { [VARIABLES.authScopes]: scopes.join(' ') }),
    ...(clockSkew !== undefined && { [VARIABLES.authClockSkewSeconds]: String(clockSkew.toSeconds()) }),
    ...(resource !== undefined && { [VARIABLES.authResource]: resource }),
  };
}
