/** Reads the example's `auth` from the CDK's context: `npm run synth -- -c auth=jwt -c issuer=https://…`. */
import { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { McpAuth } from '../../lib/auth/mcp-auth.ts';

/**
 * - `auth=none` (default)
 * - `auth=iam`
 * - `auth=jwt`, with `issuer`; optionally `audience`, `scopes`, `jwksUri`
 * - `auth=cognito`, with `userPool` (its id) and `clients`; optionally `scopes`
 *
 * Commas separate the items of a list.
 *
 * @param scope the stack, in which the user pool is looked up
 * @throws Error for any other `auth`, or when a required value is missing
 */
export function readAuthFromContext(scope: Construct): McpAuth {
  const auth = readContextValue(scope, 'auth') ?? 'none';
  const scopes = readContextList(scope, 'scopes');
  switch (auth) {
    case 'none':
      return McpAuth.none();
    case 'iam':
      return McpAuth.iam();
    case 'jwt': {
      const jwksUri = readContextValue(scope, 'jwksUri');
      const audience = readContextList(scope, 'audience');
      return McpAuth.jwt({
        issuer: requireContextValue(scope, auth, 'issuer'),
        audience,
        scopes,
        ...(jwksUri && { jwksUri }),
      });
    }
    case 'cognito': {
      const userPool = UserPool.fromUserPoolId(scope, 'UserPool', requireContextValue(scope, auth, 'userPool'));
      requireContextValue(scope, auth, 'clients');
      const clients = readContextList(scope, 'clients').map((id) =>
        UserPoolClient.fromUserPoolClientId(scope, `Client${id}`, id),
      );
      return McpAuth.cognito({ userPool, clients, scopes });
    }
  }
  throw new Error(`-c auth must be jwt, cognito, iam or none, not ${auth}.`);
}

function readContextValue(scope: Construct, name: string): string | undefined {
  const value: unknown = scope.node.tryGetContext(name);
  return value === undefined || value === '' ? undefined : String(value);
}

function requireContextValue(scope: Construct, auth: string, name: string): string {
  const value = readContextValue(scope, name);
  if (value === undefined) throw new Error(`-c auth=${auth} needs -c ${name}=… as well.`);
  return value;
}

const readContextList = (scope: Construct, name: string): string[] =>
  (readContextValue(scope, name) ?? '').split(',').filter(Boolean);
