/**
 * An OAuth 2.1 authorization server on this machine, so that a real client goes through the whole flow: discovery,
 * registration, authorization with PKCE, refresh. It has no passwords and consents to every request at once.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  buildJsonResponse,
  createIssuerEndpoints,
  type IssuerOptions,
  type IssuerResponse,
  OAuthError,
} from './issuer-endpoints.ts';
import { createTokenSigner, type TokenClaims } from './issuer-keys.ts';

export type { TokenClaims } from './issuer-keys.ts';

export interface LocalIssuer {
  /** The issuer identifier. */
  readonly url: string;
  /** A token of this issuer. `claims` override the default ones; `undefined` removes one. */
  issueToken(claims: TokenClaims): Promise<string>;
  /** Signs with a new key from now on. @param options.keepOld whether the old keys stay published. Default true. */
  rotateKeys(options?: { readonly keepOld?: boolean }): Promise<void>;
  /** How often clients have fetched the keys. */
  countKeyFetches(): number;
  stop(): Promise<void>;
}

/** Longest body of a request (characters). */
const MAX_ISSUER_BODY_LENGTH = 16_384;

/** Listens on 127.0.0.1 only. */
export async function startIssuer(options: IssuerOptions & { readonly port?: number } = {}): Promise<LocalIssuer> {
  const signer = await createTokenSigner();
  let keyFetches = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', issuer);
    if (url.pathname === '/jwks') keyFetches += 1;
    const { status, headers, body } = await respond(request, url);
    response.writeHead(status, { 'access-control-allow-origin': '*', ...headers }).end(body);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.writeHead(500).end());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoints = createIssuerEndpoints(issuer, signer, options);

  async function respond(request: IncomingMessage, url: URL): Promise<IssuerResponse> {
    const endpoint = endpoints[`${request.method} ${url.pathname}`];
    if (!endpoint) return buildJsonResponse(404, { error: 'not_found' });
    try {
      return await endpoint(url.searchParams, await readIssuerBody(request));
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return buildJsonResponse(error.status, { error: error.code, error_description: error.message });
    }
  }

  return {
    url: issuer,
    issueToken: (claims) => signer.sign({ iss: issuer, ...claims }),
    rotateKeys: (rotation) => signer.rotateKeys(rotation),
    countKeyFetches: () => keyFetches,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readIssuerBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > MAX_ISSUER_BODY_LENGTH) throw new OAuthError('invalid_request', 'The request is too large.');
  }
  return body;
}
