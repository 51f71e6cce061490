/** The options of `McpAuth.jwt` and `McpAuth.cognito`, and their checks. */
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { type Duration, Token } from 'aws-cdk-lib/core';
import { ALGORITHMS, isTrustworthy } from '../../lambda/auth/settings.ts';
import { SCOPE_PATTERN } from '../../lambda/tool/scope.ts';

/** How access tokens of any issuer are checked. */
export interface TokenOptions {
  /**
   * Accepted values of the token's `aud`, which must have one of them. A client asks its authorization server for a token for the URL
   * that it calls (RFC 8707), which becomes the audience if the authorization server supports that.
   *
   * @default - the URL that the client called, such as `https://mcp.example.com/mcp`
   */
  readonly audience?: string | readonly string[];

  /**
   * Scopes that every request needs, as the authorization server spells them. A tool that needs more names them itself
   * (`defineTool`, `scopes`).
   *
   * @default - none
   */
  readonly scopes?: readonly string[];

  /**
   * How far the issuer's clock may be off from Lambda's; whole seconds, at most five minutes.
   *
   * @default Duration.seconds(30)
   */
  readonly clockSkew?: Duration;

  /**
   * The URL that clients call, if something in front of the gateway (a CDN) changes the host on the way.
   *
   * @default - built from the host by which the gateway was called, custom domain names included
   */
  readonly resource?: string;
}

/** Options of `McpAuth.jwt`. */
export interface JwtAuthOptions extends TokenOptions {
  /** The authorization server's issuer identifier, compared with `iss` exactly. https; http only on localhost. */
  readonly issuer: string;

  /**
   * URL of the issuer's public keys (a JWK Set).
   *
   * @default - from the issuer's metadata (RFC 8414, or OpenID Connect Discovery), read with the first token
   */
  readonly jwksUri?: string;

  /**
   * Accepted signature algorithms. Shared secrets and `none` cannot be chosen.
   *
   * @default - RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA
   */
  readonly algorithms?: readonly (typeof ALGORITHMS)[number][];
}

/** Options of `McpAuth.cognito`. */
export interface CognitoAuthOptions extends TokenOptions {
  /** The pool whose users may call. */
  readonly userPool: IUserPool;

  /** App clients whose tokens are accepted. */
  readonly clients: readonly IUserPoolClient[];
}

const MAX_CLOCK_SKEW_SECONDS = 300;

/** @throws Error that names every problem, each with what to do about it */
export function checkTokenOptions(options: TokenOptions & Partial<JwtAuthOptions>): void {
  const problems = [...findTokenProblems(options)];
  if (problems.length > 0) throw new Error(`McpAuth: ${problems.join(' ')}`);
}

function* findTokenProblems(options: TokenOptions & Partial<JwtAuthOptions>): Iterable<string> {
  for (const name of ['issuer', 'jwksUri', 'resource'] as const) {
    const text = options[name];
    if (text === undefined || Token.isUnresolved(text)) continue;
    const url = URL.parse(text);
    if (!url || !isTrustworthy(url) || url.hash !== '' || url.search !== '')
      yield `${name} is ${JSON.stringify(text)}: it must be an https URL without query and fragment.`;
  }
  for (const audience of [options.audience ?? []].flat())
    if (audience === '' || (!Token.isUnresolved(audience) && /\s/.test(audience)))
      yield `${JSON.stringify(audience)} is not an audience: use the value of "aud", without spaces.`;
  for (const scope of options.scopes ?? [])
    if (!Token.isUnresolved(scope) && !SCOPE_PATTERN.test(scope))
      yield `${JSON.stringify(scope)} is not a scope: each must be one name, without spaces, quotes and backslashes.`;
  const unsupported = options.algorithms?.find((name) => !ALGORITHMS.includes(name));
  if (unsupported !== undefined)
    yield `${unsupported} is not an algorithm that proves who signed: choose from ${ALGORITHMS.join(', ')}.`;
  const skew = options.clockSkew?.toSeconds({ integral: false });
  if (skew !== undefined && !(Number.isInteger(skew) && skew <= MAX_CLOCK_SKEW_SECONDS))
    yield `clockSkew is ${skew} s: it must be whole seconds, at most ${MAX_CLOCK_SKEW_SECONDS}.`;
}
