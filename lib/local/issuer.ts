/**
 * An OAuth 2.1 authorization server on this machine, so that a real client goes through the whole of it: discovery,
 * registration, authorization with PKCE, refresh. It knows no passwords: whoever asks is consented to at once.
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
  /** A token as the issuer would make it; claims that are given win, `undefined` takes one out. */
  issueToken(claims: TokenClaims): Promise<string>;
  /** Sign with a new key from now on. The old one stays published unless told otherwise. */
  rotateKeys(options?: { readonly keepOld?: boolean }): Promise<void>;
  /** How often the keys have been fetched. */
  countKeyFetches(): number;
  stop(): Promise<void>;
}

/** The largest request that has a reason (bytes). */
const MAX_ISSUER_BODY_BYTES = 16_384;

/** Listens on 127.0.0.1 only. */
export async function startIssuer(options: IssuerOptions & { readonly port?: number } = {}): Promise<LocalIssuer> {
  const signer = await createTokenSigner();
  let keyFetches = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', issuer);
    if (url.pathname === '/jwks') keyFetches += 1;
    const answer = await answerTo(request, url);
    response.writeHead(answer.status, { 'access-control-allow-origin': '*', ...answer.headers }).end(answer.body);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.writeHead(500).end());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoints = createIssuerEndpoints(issuer, signer, options);

  async function answerTo(request: IncomingMessage, url: URL): Promise<IssuerResponse> {
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
    if (body.length > MAX_ISSUER_BODY_BYTES) throw new OAuthError('invalid_request', 'The request is too large.');
  }
  return body;
}
