/** The local issuer's endpoints: metadata, keys, registration, authorization, tokens. */
import { createHash, randomUUID } from 'node:crypto';
import { TOKEN_LIFETIME_SECONDS, type TokenSigner } from './issuer-keys.ts';

export interface IssuerOptions {
  /** Who has signed in, unless the client hints at somebody (`login_hint`). Default `local-user`. */
  readonly user?: string;
}

export interface IssuerResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** RFC 6749, section 5.2. */
export class OAuthError extends Error {
  override readonly name = 'OAuthProblem';
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const buildJsonResponse = (status: number, value: unknown): IssuerResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
});

type IssuerEndpoint = (query: URLSearchParams, body: string) => IssuerResponse | Promise<IssuerResponse>;

/** What somebody consented to: what a code or a refresh token stands for. */
interface AuthorizationGrant {
  readonly client: string;
  readonly subject: string;
  readonly scope: string;
  /** RFC 8707: the server that the token is for. */
  readonly resource: string | undefined;
}

interface AuthorizationCode extends AuthorizationGrant {
  readonly redirectUri: string;
  /** PKCE, S256. */
  readonly challenge: string;
}

/** By method and path. */
export function createIssuerEndpoints(
  issuer: string,
  signer: TokenSigner,
  { user = 'local-user' }: IssuerOptions,
): Readonly<Record<string, IssuerEndpoint>> {
  const clients = new Map<string, readonly string[]>();
  const codes = new Map<string, AuthorizationCode>();
  const refreshTokens = new Map<string, AuthorizationGrant>();

  const metadata: IssuerEndpoint = () =>
    buildJsonResponse(200, {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      registration_endpoint: `${issuer}/register`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
      authorization_response_iss_parameter_supported: true,
    });

  /** RFC 7591. Every client is a public one: it proves itself with PKCE, and there is no secret to keep. */
  const register: IssuerEndpoint = (_, body) => {
    const asked = JSON.parse(body) as { readonly redirect_uris?: readonly string[] };
    const redirectUris = asked.redirect_uris ?? [];
    const client = randomUUID();
    clients.set(client, redirectUris);
    const { client_secret: _secret, ...rest } = asked as Record<string, unknown>;
    return buildJsonResponse(201, { ...rest, client_id: client, token_endpoint_auth_method: 'none' });
  };

  const authorize: IssuerEndpoint = (query) => {
    const client = query.get('client_id') ?? '';
    const redirectUri = query.get('redirect_uri') ?? '';
    // Nobody is sent to an address that the client did not register.
    if (!clients.get(client)?.includes(redirectUri))
      throw new OAuthError('invalid_request', 'This client has not registered this redirect_uri.');
    const back = new URL(redirectUri);
    const state = query.get('state');
    if (state !== null) back.searchParams.set('state', state);
    back.searchParams.set('iss', issuer);
    const challenge = query.get('code_challenge') ?? '';
    if (query.get('response_type') !== 'code' || query.get('code_challenge_method') !== 'S256' || challenge === '')
      back.searchParams.set('error', 'invalid_request');
    else {
      const code = randomUUID();
      codes.set(code, {
        client,
        redirectUri,
        challenge,
        subject: query.get('login_hint') ?? user,
        scope: query.get('scope') ?? '',
        resource: query.get('resource') ?? undefined,
      });
      back.searchParams.set('code', code);
    }
    return { status: 302, headers: { location: back.href } };
  };

  const token: IssuerEndpoint = async (_, body) => {
    const form = new URLSearchParams(body);
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return tokens(redeem(form));
      case 'refresh_token':
        return tokens(refresh(form));
      case 'client_credentials': {
        const client = form.get('client_id') ?? '';
        if (!clients.has(client)) throw new OAuthError('invalid_client', 'There is no such client.', 401);
        const grant = { client, subject: client, scope: form.get('scope') ?? '', resource: form.get('resource') };
        return tokens({ ...grant, resource: grant.resource ?? undefined });
      }
    }
    throw new OAuthError(
      'unsupported_grant_type',
      'The grants are authorization_code, refresh_token, client_credentials.',
    );
  };

  function redeem(form: URLSearchParams): AuthorizationGrant {
    const given = form.get('code') ?? '';
    const code = codes.get(given);
    codes.delete(given);
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fits =
      code?.client === form.get('client_id') &&
      code?.redirectUri === form.get('redirect_uri') &&
      code.challenge === proof;
    if (!code || !fits) throw new OAuthError('invalid_grant', 'The code is not valid for this request.');
    return code;
  }

  function refresh(form: URLSearchParams): AuthorizationGrant {
    const given = form.get('refresh_token') ?? '';
    const grant = refreshTokens.get(given);
    refreshTokens.delete(given);
    if (grant?.client !== form.get('client_id') || !grant)
      throw new OAuthError('invalid_grant', 'The refresh token is not valid for this request.');
    return grant;
  }

  async function tokens({ client, subject, scope, resource }: AuthorizationGrant): Promise<IssuerResponse> {
    const refreshToken = randomUUID();
    refreshTokens.set(refreshToken, { client, subject, scope, resource });
    const claims = { iss: issuer, sub: subject, client_id: client, scope: scope || undefined, aud: resource };
    return buildJsonResponse(200, {
      access_token: await signer.sign(claims),
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME_SECONDS,
      refresh_token: refreshToken,
      ...(scope && { scope }),
    });
  }

  return {
    'GET /.well-known/oauth-authorization-server': metadata,
    'GET /.well-known/openid-configuration': metadata,
    'GET /jwks': () => buildJsonResponse(200, { keys: signer.getPublishedKeys() }),
    'POST /register': register,
    'GET /authorize': authorize,
    'POST /token': token,
  };
}
