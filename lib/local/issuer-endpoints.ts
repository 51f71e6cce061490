/** The local issuer's endpoints: metadata, keys, registration, authorization, tokens. */
import { createHash, randomUUID } from 'node:crypto';
import { TOKEN_LIFETIME_SECONDS, type TokenSigner } from './issuer-keys.ts';

export interface IssuerOptions {
  /** The signed-in user, unless the client names another (`login_hint`). Default `local-user`. */
  readonly user?: string;
}

export interface IssuerResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An error response (RFC 6749, section 5.2). */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export function buildJsonResponse(status: number, value: unknown): IssuerResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  };
}

type IssuerEndpoint = (query: URLSearchParams, body: string) => IssuerResponse | Promise<IssuerResponse>;

/** What the user consented to: what a code or a refresh token is exchanged for. */
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

/** The endpoints, by method and path. */
export function createIssuerEndpoints(
  issuer: string,
  signer: TokenSigner,
  { user = 'local-user' }: IssuerOptions,
): Readonly<Record<string, IssuerEndpoint>> {
  const clients = new Map<string, readonly string[]>();
  const codes = new Map<string, AuthorizationCode>();
  const refreshTokens = new Map<string, AuthorizationGrant>();

  const serveMetadata: IssuerEndpoint = () =>
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

  /** RFC 7591. Every client is a public one: it proves itself with PKCE and has no secret. */
  const register: IssuerEndpoint = (_, body) => {
    const registration = JSON.parse(body) as { readonly redirect_uris?: readonly string[] };
    const redirectUris = registration.redirect_uris ?? [];
    const client = randomUUID();
    clients.set(client, redirectUris);
    const { client_secret: _secret, ...rest } = registration as Record<string, unknown>;
    return buildJsonResponse(201, { ...rest, client_id: client, token_endpoint_auth_method: 'none' });
  };

  const authorize: IssuerEndpoint = (query) => {
    const client = query.get('client_id') ?? '';
    const redirectUri = query.get('redirect_uri') ?? '';
    // A user is never sent to an address that the client did not register.
    if (!clients.get(client)?.includes(redirectUri))
      throw new OAuthError('invalid_request', 'This client has not registered this redirect_uri.');
    const callback = new URL(redirectUri);
    const state = query.get('state');
    if (state !== null) callback.searchParams.set('state', state);
    callback.searchParams.set('iss', issuer);
    const challenge = query.get('code_challenge') ?? '';
    if (query.get('response_type') !== 'code' || query.get('code_challenge_method') !== 'S256' || challenge === '')
      callback.searchParams.set('error', 'invalid_request');
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
      callback.searchParams.set('code', code);
    }
    return { status: 302, headers: { location: callback.href } };
  };

  const exchange: IssuerEndpoint = async (_, body) => {
    const form = new URLSearchParams(body);
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return issueTokens(redeem(form));
      case 'refresh_token':
        return issueTokens(refresh(form));
      case 'client_credentials': {
        const client = form.get('client_id') ?? '';
        if (!clients.has(client)) throw new OAuthError('invalid_client', 'This client is not registered.', 401);
        const grant = { client, subject: client, scope: form.get('scope') ?? '', resource: form.get('resource') };
        return issueTokens({ ...grant, resource: grant.resource ?? undefined });
      }
    }
    throw new OAuthError(
      'unsupported_grant_type',
      'grant_type must be authorization_code, refresh_token or client_credentials.',
    );
  };

  function redeem(form: URLSearchParams): AuthorizationGrant {
    const codeId = form.get('code') ?? '';
    const code = codes.get(codeId);
    codes.delete(codeId);
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isValid =
      code?.client === form.get('client_id') &&
      code?.redirectUri === form.get('redirect_uri') &&
      code.challenge === proof;
    if (!code || !isValid) throw new OAuthError('invalid_grant', 'The code is not valid for this request.');
    return code;
  }

  function refresh(form: URLSearchParams): AuthorizationGrant {
    const refreshToken = form.get('refresh_token') ?? '';
    const grant = refreshTokens.get(refreshToken);
    refreshTokens.delete(refreshToken);
    if (grant?.client !== form.get('client_id') || !grant)
      throw new OAuthError('invalid_grant', 'The refresh token is not valid for this request.');
    return grant;
  }

  async function issueTokens({ client, subject, scope, resource }: AuthorizationGrant): Promise<IssuerResponse> {
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
    'GET /.well-known/oauth-authorization-server': serveMetadata,
    'GET /.well-known/openid-configuration': serveMetadata,
    'GET /jwks': () => buildJsonResponse(200, { keys: signer.getPublishedKeys() }),
    'POST /register': register,
    'GET /authorize': authorize,
    'POST /token': exchange,
  };
}
