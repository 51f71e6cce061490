import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { iamGuard } from '../../../lambda/auth/iam.ts';
import { anonymousGuard, createGuard } from '../../../lambda/auth/index.ts';
import { hashClient, toClientOwner, toPrincipalOwner, toSubjectOwner } from '../../../lambda/auth/owner.ts';
import { readAuthSettings } from '../../../lambda/functions/auth-environment.ts';
import { readHttpEvent } from '../../../lambda/http/index.ts';
import { defineServer } from '../../../lambda/index.ts';
import { type LocalIssuer, startIssuer } from '../../../lib/local/issuer.ts';
import {
  buildAuthorizedRequest,
  catchRefusal,
  createTestGuard,
  RESOURCE_URL,
} from '../../support/authorized-requests.ts';
import { createTestFrontDoor } from '../../support/front-door.ts';
import { buildApiEvent, buildRequest } from '../../support/requests.ts';
import definition from '../../support/servers/guarded.ts';

let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.stop());

const issueToken = (more: Record<string, unknown> = {}) =>
  issuer.issueToken({ sub: 'anna', client_id: 'app', aud: RESOURCE_URL, scope: 'mcp', ...more });

describe('the function’s environment', () => {
  const token = { AUTH: 'jwt', AUTH_ISSUER: 'https://issuer.example' };

  test.each([
    ['does not say who may call', {}, 'AUTH is missing'],
    ['names an unknown kind of authentication', { AUTH: 'magic' }, 'jwt, cognito, iam or none'],
    ['names no issuer', { AUTH: 'jwt' }, 'AUTH_ISSUER'],
    [
      'names an issuer that anyone on the way could impersonate',
      { ...token, AUTH_ISSUER: 'http://issuer.example' },
      'https',
    ],
    [
      'names keys that anyone on the way could change',
      { ...token, AUTH_JWKS_URI: 'http://issuer.example/keys' },
      'https',
    ],
    ['allows signatures with a shared secret', { ...token, AUTH_ALGORITHMS: 'RS256 HS256' }, '"HS256"'],
    ['allows unsigned tokens', { ...token, AUTH_ALGORITHMS: 'none' }, '"none"'],
    ['has a clock skew that is not a number', { ...token, AUTH_CLOCK_SKEW_SECONDS: 'some' }, 'AUTH_CLOCK_SKEW_SECONDS'],
  ])('%s: the function does not start', (_, environment, message) => {
    expect(() => readAuthSettings(environment)).toThrow(message);
  });
});

describe('an owner', () => {
  test('is a hash that differs with every part and every kind', () => {
    const hashes = [
      toSubjectOwner('https://a.example', 'anna'),
      toSubjectOwner('https://b.example', 'anna'),
      toSubjectOwner('https://a.example', 'bert'),
      toClientOwner('https://a.example', 'anna'),
      hashClient('https://a.example', 'anna'),
      toPrincipalOwner('https://a.example', 'anna', ''),
      // The boundary between two parts is hashed, too.
      toSubjectOwner('https://a.examplea', 'nna'),
      toPrincipalOwner('1', 'a', 'b'),
      toPrincipalOwner('1', 'ab', ''),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const hash of hashes) expect(hash).toMatch(/^[\w-]{43}$/);
  });

  test('is the subject, through any client, or the client if there is no subject', async () => {
    const guard = createTestGuard({ AUTH_ISSUER: issuer.url });
    const identifyCaller = async (claims: object) =>
      (await guard.identify(buildAuthorizedRequest(`Bearer ${await issueToken(claims as Record<string, unknown>)}`)))
        .caller;
    const [anna, elsewhere, azp, machine] = [
      await identifyCaller({}),
      await identifyCaller({ client_id: 'other' }),
      await identifyCaller({ client_id: undefined, azp: 'app' }),
      await identifyCaller({ sub: undefined }),
    ];
    expect(elsewhere.owner).toBe(anna.owner);
    expect(elsewhere.client).not.toBe(anna.client);
    expect(azp).toEqual(anna);
    expect(machine).toEqual({ owner: toClientOwner(issuer.url, 'app'), client: anna.client });
  });
});

describe('with IAM', () => {
  const buildSignedRequest = (context: object | undefined) => {
    const event = buildApiEvent({});
    return readHttpEvent({
      ...event,
      requestContext: { ...event.requestContext, ...(context && { authorizer: { iam: context } }) },
    } as never);
  };
  const identifyOwner = async (userId: string, more: object = {}) =>
    (await iamGuard.identify(buildSignedRequest({ accountId: '123456789012', userId, ...more }))).caller.owner;

  test('the owner is the role by its unique id, whatever the session is called', async () => {
    expect(await identifyOwner('AROAROLE:morning')).toBe(await identifyOwner('AROAROLE:evening'));
    expect(await identifyOwner('AROAROLE:morning')).not.toBe(await identifyOwner('AROAOTHER:morning'));
    expect(await identifyOwner('AIDAUSER')).not.toBe(await identifyOwner('AROAROLE:AIDAUSER'));
  });

  test('federated users of an account are distinct owners, and so are those of an identity pool', async () => {
    expect(await identifyOwner('123456789012:anna')).not.toBe(await identifyOwner('123456789012:bert'));
    expect(await identifyOwner('123456789012:anna')).not.toBe(await identifyOwner('123456789012'));
    const identifyPooled = (identityId: string) =>
      identifyOwner('AROAPOOL:CognitoIdentityCredentials', { cognitoIdentity: { identityId } });
    expect(await identifyPooled('eu-central-1:a')).not.toBe(await identifyPooled('eu-central-1:b'));
  });

  test('a request without a principal from the gateway is refused, whatever its headers claim', async () => {
    const forged = buildApiEvent({
      headers: { 'x-amzn-iam-userid': 'AROAROLE:me', authorization: 'AWS4-HMAC-SHA256 …' },
    });
    expect(await catchRefusal(iamGuard.identify(readHttpEvent(forged)))).toMatchObject({ status: 403 });
    expect(await catchRefusal(iamGuard.identify(buildSignedRequest(undefined)))).toMatchObject({ status: 403 });
  });
});

describe('at the front door', () => {
  const buildEnvironment = () => ({ AUTH_ISSUER: issuer.url, AUTH_SCOPES: 'mcp' });
  const openFrontDoor = (more: Record<string, string> = {}) =>
    createTestFrontDoor(definition, {
      guard: createTestGuard({ ...buildEnvironment(), ...more }),
      allowedOrigins: ['https://app.example'],
    });
  const buildGet = (path: string, headers = {}) => ({
    method: 'GET',
    path,
    headers: { 'content-type': undefined, ...headers },
  });

  test('nothing but the metadata is answered without a token, however the request is made', async () => {
    const door = openFrontDoor();
    const refused = [
      buildRequest('tools/list'),
      buildRequest('tasks/get', { taskId: 'x' }),
      { ...buildRequest('server/discover'), method: 'GET' },
      { text: 'not JSON' },
      { body: { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} } },
      { ...buildRequest('tools/list'), headers: {} },
    ];
    for (const request of refused) {
      const reply = await door.send(request);
      expect(reply.status).toBe(401);
      expect(reply.headers['www-authenticate']).toContain('resource_metadata=');
      expect(reply.json).toEqual({
        jsonrpc: '2.0',
        id: null,
        error: { code: -32000, message: 'Authorization is required.' },
      });
    }
    expect(door.calls).toEqual([]);
    expect(door.loads).toEqual({ server: 0, sdk: 0 });
  });

  test('a token in the URL or the body does not count', async () => {
    const door = openFrontDoor();
    const inBody = buildRequest('tools/list', { access_token: await issueToken() });
    expect((await door.send(inBody)).status).toBe(401);
    expect(
      (await door.send({ ...buildRequest('tools/list'), path: `/mcp?access_token=${await issueToken()}` })).status,
    ).not.toBe(200);
  });

  test('the metadata names the dialled URL, on a custom domain too, or the configured one', async () => {
    const event = buildApiEvent(buildGet('/.well-known/oauth-protected-resource/mcp'));
    const readResourceAt = async (domainName: string, more: Record<string, string> = {}) => {
      const request = readHttpEvent({ ...event, requestContext: { ...event.requestContext, domainName } });
      return JSON.parse(createTestGuard({ ...buildEnvironment(), ...more }).serveWellKnown?.(request)?.body ?? '')
        .resource;
    };
    expect(await readResourceAt('abc.execute-api.eu-central-1.amazonaws.com')).toBe(
      'https://abc.execute-api.eu-central-1.amazonaws.com/mcp',
    );
    expect(await readResourceAt('mcp.example.org')).toBe('https://mcp.example.org/mcp');
    expect(await readResourceAt('127.0.0.1:3000')).toBe('http://127.0.0.1:3000/mcp');
    expect(await readResourceAt('abc.example', { AUTH_RESOURCE: 'https://cdn.example/mcp' })).toBe(
      'https://cdn.example/mcp',
    );
  });

  test('the metadata is served for GET at its two paths, and only by a server that takes tokens', async () => {
    const door = openFrontDoor();
    for (const path of ['', '/mcp'])
      expect((await door.send(buildGet(`/.well-known/oauth-protected-resource${path}`))).status).toBe(200);
    const posted = await door.send({ path: '/.well-known/oauth-protected-resource' });
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET']);
    expect((await door.send(buildGet('/.well-known/oauth-protected-resource/other'))).status).toBe(404);
    const none = createTestFrontDoor(definition, { guard: anonymousGuard });
    expect((await none.send(buildGet('/.well-known/oauth-protected-resource'))).status).toBe(404);
  });

  test('a tool’s own scopes are required for that tool alone, in every revision', async () => {
    const door = openFrontDoor();
    const authorization = `Bearer ${await issueToken()}`;
    const call = (name: string) =>
      buildRequest('tools/call', { name, arguments: { words: 'x' } }, { headers: { authorization } });
    expect((await door.send(call('echo'))).status).toBe(200);
    const legacy = {
      headers: { authorization, 'mcp-protocol-version': '2025-11-25' },
      body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'erase', arguments: {} } },
    };
    for (const request of [call('erase'), legacy]) {
      const refused = await door.send(request);
      expect(refused.status).toBe(403);
      expect(refused.json.id).toBe(1);
      expect(refused.headers['www-authenticate']).toMatch(/error="insufficient_scope".*scope="mcp datasets.write"/);
    }
    const granted = `Bearer ${await issueToken({ scope: 'mcp datasets.write' })}`;
    expect((await door.send({ ...legacy, headers: { ...legacy.headers, authorization: granted } })).status).toBe(200);
  });

  test('a tool that requires scopes cannot be called where callers have none', async () => {
    const door = createTestFrontDoor(definition, {
      guard: createGuard({ kind: 'none' }, { path: '/mcp', name: '', now: Date.now }),
    });
    const refused = await door.call('tools/call', { name: 'erase', arguments: {} });
    expect(refused).toMatchObject({ status: 403, json: { error: { message: expect.stringContaining('scopes') } } });
  });

  test('the token, the subject and the client appear in no row, message, log line, reply or tool', async () => {
    let seen: unknown;
    const curious = defineServer({
      name: 'curious',
      version: '1.0.0',
      tools: [...definition.tools.values()],
      mcp: (server, ctx) => {
        server.registerTool('look', { inputSchema: z.object({}) }, async (_args, call) => {
          seen = [[...(ctx.requestInfo?.headers ?? [])], ctx.authInfo, call.http?.authInfo];
          return { content: [] };
        });
      },
    });
    const door = createTestFrontDoor(curious, { guard: createTestGuard(buildEnvironment()) });
    const secrets = { sub: 'subject-to-hide', client_id: 'client-to-hide' };
    const good = await issueToken(secrets);
    const bad = await issueToken({ ...secrets, aud: 'https://other.example' });
    const replies = [];
    for (const jwt of [good, bad])
      for (const [method, params] of [
        ['tools/call', { name: 'echo', arguments: { words: 'x' } }],
        ['tools/call', { name: 'look', arguments: {} }],
        ['tasks/get', { taskId: 'nothing' }],
        ['no/such', {}],
      ] as const)
        replies.push(await door.send(buildRequest(method, params, { headers: { authorization: `Bearer ${jwt}` } })));
    expect(seen).toBeDefined();
    expect(JSON.stringify(seen)).toContain('"scopes":["mcp"]');
    expect(door.sent).toHaveLength(1);
    const owner = toSubjectOwner(issuer.url, secrets.sub);
    const { rows } = await door.store.list(`owner#${owner}`, { limit: 10 });
    expect(rows).toHaveLength(1);
    const everything = JSON.stringify([rows, door.sent, door.logged, replies, seen]);
    for (const secret of [...good.split('.'), ...bad.split('.'), ...Object.values(secrets)])
      expect(everything).not.toContain(secret);
    expect(door.logged).toContainEqual(
      expect.objectContaining({ event: 'request.refused', status: 401, reason: 'The token is for another audience.' }),
    );
  });
});
