import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalIssuer, startIssuer, type TokenClaims } from '../../../lib/local/issuer.ts';
import {
  buildAuthorizedRequest,
  catchRefusal,
  createTestGuard,
  RESOURCE_URL,
} from '../../support/authorized-requests.ts';

let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.stop());

const claims: TokenClaims = { sub: 'anna', client_id: 'app', aud: RESOURCE_URL, scope: 'mcp' };
const issueBearer = async (more: TokenClaims = {}) => `Bearer ${await issuer.issueToken({ ...claims, ...more })}`;
const createIssuerGuard = (more: Record<string, string> = {}, options = {}) =>
  createTestGuard({ AUTH_ISSUER: issuer.url, ...more }, options);
const toEpochSeconds = (from: number) => Math.floor(Date.now() / 1_000) + from;

describe('a token is accepted', () => {
  test('that the issuer signed for this server, wherever its keys are', async () => {
    const { caller, scopes } = await createIssuerGuard().identify(buildAuthorizedRequest(await issueBearer()));
    expect(caller).toEqual({
      owner: expect.stringMatching(/^[\w-]{43}$/),
      client: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(scopes).toEqual(['mcp']);
    const direct = createIssuerGuard({ AUTH_JWKS_URI: `${issuer.url}/jwks` });
    expect((await direct.identify(buildAuthorizedRequest(await issueBearer()))).caller).toEqual(caller);
  });

  test('that names several audiences, or one that was configured', async () => {
    const several = await issueBearer({ aud: ['https://other.example', RESOURCE_URL] });
    await expect(createIssuerGuard().identify(buildAuthorizedRequest(several))).resolves.toBeDefined();
    const configured = createIssuerGuard({ AUTH_AUDIENCES: 'api://tasks api://more' });
    await expect(
      configured.identify(buildAuthorizedRequest(await issueBearer({ aud: 'api://more' }))),
    ).resolves.toBeDefined();
  });

  test('within the clock skew on either side', async () => {
    for (const off of [{ exp: toEpochSeconds(-20) }, { nbf: toEpochSeconds(20) }])
      await expect(createIssuerGuard().identify(buildAuthorizedRequest(await issueBearer(off)))).resolves.toBeDefined();
  });

  test.each([
    ['scope, as one string', { scope: 'a b' }],
    ['scp, as one string', { scope: undefined, scp: 'a b' }],
    ['scp, as a list', { scope: undefined, scp: ['a', 'b'] }],
  ])('with its scopes in %s', async (_, more) => {
    expect((await createIssuerGuard().identify(buildAuthorizedRequest(await issueBearer(more)))).scopes).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('a token is refused with the reason', () => {
  const refused: [string, TokenClaims, string][] = [
    ['that has expired', { exp: toEpochSeconds(-31) }, 'The token has expired.'],
    ['that is not valid yet', { nbf: toEpochSeconds(90) }, 'The token is not valid yet.'],
    ['that never expires', { exp: undefined }, 'The token never expires.'],
    ['from another issuer', { iss: 'https://other.example' }, 'The token is from another issuer.'],
    ['for another server', { aud: 'https://other.example/mcp' }, 'The token is for another audience.'],
    ['for another path of this host', { aud: 'https://example.com/other' }, 'The token is for another audience.'],
    ['without an audience', { aud: undefined }, 'The token is for another audience.'],
    [
      'without a subject or a client',
      { sub: undefined, client_id: undefined },
      'The token names neither a subject nor a client.',
    ],
  ];
  test.each(refused)('%s', async (_, more, reason) => {
    const refusal = await catchRefusal(createIssuerGuard().identify(buildAuthorizedRequest(await issueBearer(more))));
    expect(refusal).toMatchObject({ status: 401, message: reason });
    expect(refusal.headers?.['www-authenticate']).toContain(`error="invalid_token", error_description="${reason}"`);
  });

  test('for the URL that was dialled, where another audience is configured', async () => {
    const other = createIssuerGuard({ AUTH_AUDIENCES: 'api://tasks' });
    expect(await catchRefusal(other.identify(buildAuthorizedRequest(await issueBearer())))).toMatchObject({
      status: 401,
    });
  });

  test.each([
    ['no signature', () => new UnsecuredJWT({ ...claims, iss: issuer.url, exp: toEpochSeconds(60) }).encode()],
    ['a shared secret, even the public key', signWithSharedSecret],
    ['another key', signWithAnotherKey],
    ["another key under the issuer's key id", async () => signWithAnotherKey(await readPublishedKeyId())],
    ['a payload that was changed', changePayload],
    ['an algorithm that is not configured', () => issuer.issueToken(claims)],
  ])('with %s', async (name, make) => {
    const guard = createIssuerGuard(name.startsWith('an algorithm') ? { AUTH_ALGORITHMS: 'RS256' } : {});
    const refusal = await catchRefusal(guard.identify(buildAuthorizedRequest(`Bearer ${await make()}`)));
    expect(refusal.status).toBe(401);
    expect(['The token was not signed by its issuer.', 'The token is not a verifiable JWT.']).toContain(
      refusal.message,
    );
  });

  async function readPublishedKeyId(): Promise<string> {
    const { keys } = (await (await fetch(`${issuer.url}/jwks`)).json()) as { keys: { kid: string }[] };
    return keys[0]?.kid ?? '';
  }

  async function signWithSharedSecret(): Promise<string> {
    const secret = new TextEncoder().encode(await (await fetch(`${issuer.url}/jwks`)).text());
    return new SignJWT({ ...claims, iss: issuer.url, exp: toEpochSeconds(60) })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(secret);
  }

  async function signWithAnotherKey(kid?: string): Promise<string> {
    const { privateKey } = await generateKeyPair('ES256');
    const header = { alg: 'ES256', ...(typeof kid === 'string' && kid !== '' && { kid }) };
    return new SignJWT({ ...claims, iss: issuer.url, exp: toEpochSeconds(60) })
      .setProtectedHeader(header)
      .sign(privateKey);
  }

  async function changePayload(): Promise<string> {
    const [header, , signature] = (await issuer.issueToken(claims)).split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims, iss: issuer.url, exp: toEpochSeconds(60), sub: 'bert' }));
    return `${header}.${payload.toString('base64url')}.${signature}`;
  }

  test.each([
    ['no header', undefined, undefined],
    ['another scheme', 'Basic YTpi', undefined],
    ['no token', 'Bearer', 'invalid_token'],
    ['two tokens', 'Bearer a, Bearer b', 'invalid_token'],
    ['text that is not a token', 'Bearer {"sub":"anna"}', 'invalid_token'],
    ['text that is not a JWT', 'Bearer abc', 'invalid_token'],
    ['text that only looks like a JWT', 'Bearer a.b.c', 'invalid_token'],
  ])('%s', async (_, authorization, error) => {
    const refusal = await catchRefusal(
      createIssuerGuard({ AUTH_SCOPES: 'mcp' }).identify(buildAuthorizedRequest(authorization)),
    );
    expect(refusal.status).toBe(401);
    const header = refusal.headers?.['www-authenticate'] ?? '';
    expect(header).toContain(
      'scope="mcp", resource_metadata="https://example.com/.well-known/oauth-protected-resource/mcp"',
    );
    expect(/error="(\w+)"/.exec(header)?.[1]).toBe(error);
  });

  test('without a scope that every request needs, with 403 and the scope', async () => {
    const guard = createIssuerGuard({ AUTH_SCOPES: 'mcp more' });
    const refusal = await catchRefusal(guard.identify(buildAuthorizedRequest(await issueBearer())));
    expect(refusal.status).toBe(403);
    expect(refusal.headers?.['www-authenticate']).toMatch(/error="insufficient_scope".*scope="mcp more"/);
  });
});

describe("the issuer's keys", () => {
  test('are fetched once for many tokens, in parallel and in sequence', async () => {
    const own = await startIssuer();
    try {
      const guard = createTestGuard({ AUTH_ISSUER: own.url });
      const token = `Bearer ${await own.issueToken(claims)}`;
      await Promise.all(Array.from({ length: 20 }, () => guard.identify(buildAuthorizedRequest(token))));
      for (let call = 0; call < 20; call += 1) await guard.identify(buildAuthorizedRequest(token));
      expect(own.countKeyFetches()).toBe(1);
    } finally {
      await own.stop();
    }
  });

  test('are fetched again for a token of a new key, and not for each of many that name unknown keys', async () => {
    const own = await startIssuer();
    try {
      const eagerGuard = createTestGuard({ AUTH_ISSUER: own.url }, { keyTimes: { cooldownMs: 0 } });
      const old = `Bearer ${await own.issueToken(claims)}`;
      await eagerGuard.identify(buildAuthorizedRequest(old));
      await own.rotateKeys();
      await eagerGuard.identify(buildAuthorizedRequest(`Bearer ${await own.issueToken(claims)}`));
      await eagerGuard.identify(buildAuthorizedRequest(old));
      expect(own.countKeyFetches()).toBe(2);

      const defaultGuard = createTestGuard({ AUTH_ISSUER: own.url });
      await defaultGuard.identify(buildAuthorizedRequest(old));
      const before = own.countKeyFetches();
      await own.rotateKeys();
      const unknown = `Bearer ${await own.issueToken(claims)}`;
      for (let call = 0; call < 10; call += 1)
        await catchRefusal(defaultGuard.identify(buildAuthorizedRequest(unknown)));
      expect(own.countKeyFetches()).toBe(before);
    } finally {
      await own.stop();
    }
  });

  test('sign nothing after the issuer withdraws them, once the cached ones are stale', async () => {
    const own = await startIssuer();
    try {
      const uncachedGuard = createTestGuard({ AUTH_ISSUER: own.url }, { keyTimes: { maxAgeMs: 0, cooldownMs: 0 } });
      const stolen = `Bearer ${await own.issueToken(claims)}`;
      await uncachedGuard.identify(buildAuthorizedRequest(stolen));
      await own.rotateKeys({ keepOld: false });
      expect(await catchRefusal(uncachedGuard.identify(buildAuthorizedRequest(stolen)))).toMatchObject({ status: 401 });
    } finally {
      await own.stop();
    }
  });

  test('stay in use while the issuer cannot be reached; without any, nothing is identified and the next request tries again', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    let up = false;
    const server = createServer((request, response) => {
      if (!up) return response.writeHead(503).end();
      const here = `http://${request.headers.host}`;
      const body = request.url === '/jwks' ? { keys: [jwk] } : { issuer: here, jwks_uri: `${here}/jwks` };
      return response.end(JSON.stringify(body));
    });
    const url = await listenLocally(server);
    try {
      const uncachedGuard = createTestGuard({ AUTH_ISSUER: url }, { keyTimes: { maxAgeMs: 0, cooldownMs: 0 } });
      const token = await new SignJWT({ ...claims, iss: url, exp: toEpochSeconds(60) })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .sign(privateKey);
      const identify = () => uncachedGuard.identify(buildAuthorizedRequest(`Bearer ${token}`));
      await expect(identify()).rejects.toMatchObject({ name: 'Unavailable' });
      up = true;
      await expect(identify()).resolves.toBeDefined();
      up = false;
      await expect(identify()).resolves.toBeDefined();
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test("are not taken from another issuer's metadata", async () => {
    const server = createServer((_, response) =>
      response.end(JSON.stringify({ issuer: 'https://other.example', jwks_uri: `${issuer.url}/jwks` })),
    );
    const url = await listenLocally(server);
    try {
      const identifying = createTestGuard({ AUTH_ISSUER: url }).identify(
        buildAuthorizedRequest(await issueBearer({ iss: url })),
      );
      await expect(identifying).rejects.toMatchObject({ name: 'Unavailable' });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

async function listenLocally(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('an Amazon Cognito token', () => {
  const createCognitoGuard = () =>
    createTestGuard({ AUTH: 'cognito', AUTH_ISSUER: issuer.url, AUTH_CLIENTS: 'app other' });
  const accessToken = { aud: undefined, token_use: 'access' };

  test('is recognized by its client, since it names no audience', async () => {
    await expect(
      createCognitoGuard().identify(buildAuthorizedRequest(await issueBearer(accessToken))),
    ).resolves.toBeDefined();
  });

  test.each([
    ['of a client that is not listed', { ...accessToken, client_id: 'stranger' }],
    ['that is an ID token', { ...accessToken, token_use: 'id' }],
    ['for another server, where it names one', { ...accessToken, aud: 'https://other.example/mcp' }],
  ])('%s is refused', async (_, more) => {
    expect(
      await catchRefusal(createCognitoGuard().identify(buildAuthorizedRequest(await issueBearer(more)))),
    ).toMatchObject({
      status: 401,
    });
  });
});
