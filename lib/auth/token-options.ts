/** What `McpAuth.jwt` and `McpAuth.cognito` are given. */
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { type Duration, Token } from 'aws-cdk-lib/core';
import { ALGORITHMS, isTrustworthy } from '../../lambda/auth/settings.ts';

/** How access tokens are checked, whoever issues them. */
export interface TokenOptions {
  /**
   * What the token's `aud` has to be; of several, one. A client asks its authorization server for a token for the URL
   * that it dials (RFC 8707), which becomes the audience where the server goes along with that.
   *
   * @default - the URL that the client dialled, such as `https://mcp.example.com/mcp`
   */
  readonly audience?: string | readonly string[];

  /**
   * Scopes without which nothing is served, as the authorization server spells them. What single tools demand beside
   * them is said with the tool (`defineTool`, `scopes`).
   *
   * @default - none
   */
  readonly scopes?: readonly string[];

  /**
   * By how much the issuer's clock may differ from Lambda's; whole seconds, five minutes at most.
   *
   * @default Duration.seconds(30)
   */
  readonly clockSkew?: Duration;

  /**
   * The URL that clients dial, where something before the gateway (a CDN) changes the host on the way.
   *
   * @default - the host that the gateway was dialled by, also a domain name of your own
   */
  readonly resource?: string;
}

/** What `McpAuth.jwt` is given. */
export interface JwtAuthOptions extends TokenOptions {
  /** The authorization server's issuer identifier, compared with `iss` to the letter. https; http on this machine alone. */
  readonly issuer: string;

  /**
   * Where the issuer's public keys are (a JWK Set).
   *
   * @default - what the issuer's metadata says (RFC 8414, or OpenID Connect Discovery), read with the first token
   */
  readonly jwksUri?: string;

  /**
   * Signature algorithms that are taken. Shared secrets and `none` are not among what can be chosen.
   *
   * @default - RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA
   */
  readonly algorithms?: readonly (typeof ALGORITHMS)[number][];
}

/** What `McpAuth.cognito` is given. */
export interface CognitoAuthOptions extends TokenOptions {
  /** The pool whose users may call. */
  readonly userPool: IUserPool;

  /** App clients whose tokens are taken. */
  readonly clients: readonly IUserPoolClient[];
}

const SCOPE_TOKEN_PATTERN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** @throws Error with every problem that there is, each with what to do about it */
export function checkTokenOptions(options: TokenOptions & Partial<JwtAuthOptions>): void {
  const found = [...findTokenProblems(options)];
  if (found.length > 0) throw new Error(`McpAuth: ${found.join(' ')}`);
}

function* findTokenProblems(options: TokenOptions & Partial<JwtAuthOptions>): Iterable<string> {
  for (const name of ['issuer', 'jwksUri', 'resource'] as const) {
    const text = options[name];
    if (text === undefined || Token.isUnresolved(text)) continue;
    const url = URL.parse(text);
    if (!url || !isTrustworthy(url) || url.hash !== '' || url.search !== '')
      yield `${name} is ${JSON.stringify(text)}: write an https URL without query and fragment.`;
  }
  for (const audience of [options.audience ?? []].flat())
    if (audience === '' || (!Token.isUnresolved(audience) && /\s/.test(audience)))
      yield `${JSON.stringify(audience)} is no audience: write the value of "aud", without spaces.`;
  for (const scope of options.scopes ?? [])
    if (!Token.isUnresolved(scope) && !SCOPE_TOKEN_PATTERN.test(scope))
      yield `${JSON.stringify(scope)} is no scope: write one name each, without spaces and quotes.`;
  const foreign = options.algorithms?.find((name) => !ALGORITHMS.includes(name));
  if (foreign !== undefined)
    yield `${foreign} is no algorithm that proves who signed: choose from ${ALGORITHMS.join(', ')}.`;
  const skew = options.clockSkew?.toSeconds({ integral: false });
  if (skew !== undefined && !(Number.isInteger(skew) && skew <= 300))
    yield `clockSkew is ${skew} s: it has to be whole seconds, and 300 at most.`;
}
