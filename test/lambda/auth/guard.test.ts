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
    ['says nothing of who may call', {}, 'AUTH is missing'],
    ['says what is not known', { AUTH: 'magic' }, 'jwt, cognito, iam or none'],
    ['names no issuer', { AUTH: 'jwt' }, 'AUTH_ISSUER'],
    ['names an issuer that anybody on the way could be', { ...token, AUTH_ISSUER: 'http://issuer.example' }, 'https'],
    [
      'names keys that anybody on the way could change',
      { ...token, AUTH_JWKS_URI: 'http://issuer.example/keys' },
      'https',
    ],
    ['wants signatures with a shared secret', { ...token, AUTH_ALGORITHMS: 'RS256 HS256' }, '"HS256"'],
    ['wants no signatures', { ...token, AUTH_ALGORITHMS: 'none' }, '"none"'],
    ['has a skew that is no number', { ...token, AUTH_CLOCK_SKEW_SECONDS: 'some' }, 'AUTH_CLOCK_SKEW_SECONDS'],
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
      // Where two texts meet is part of it.
      toSubjectOwner('https://a.examplea', 'nna'),
      toPrincipalOwner('1', 'a', 'b'),
      toPrincipalOwner('1', 'ab', ''),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const hash of hashes) expect(hash).toMatch(/^[\w-]{43}$/);
  });

  test('is the subject, through whichever client, and the client where there is no subject', async () => {
    const guard = createTestGuard({ AUTH_ISSUER: issuer.url });
    const callerOf = async (claims: object) =>
      (await guard.identify(buildAuthorizedRequest(`Bearer ${await issueToken(claims as Record<string, unknown>)}`)))
        .caller;
    const [anna, elsewhere, azp, machine] = [
      await callerOf({}),
      await callerOf({ client_id: 'other' }),
      await callerOf({ client_id: undefined, azp: 'app' }),
      await callerOf({ sub: undefined }),
    ];
    expect(elsewhere.owner).toBe(anna.owner);
    expect(elsewhere.client).not.toBe(anna.client);
    expect(azp).toEqual(anna);
    expect(machine).toEqual({ owner: toClientOwner(issuer.url, 'app'), client: anna.client });
  });
});

describe('with IAM', () => {
  const signedBy = (context: object | undefined) => {
    const event = buildApiEvent({});
    return readHttpEvent({
      ...event,
      requestContext: { ...event.requestContext, ...(context && { authorizer: { iam: context } }) },
    } as never);
  };
  const ownerOf = async (userId: string, more: object = {}) =>
    (await iamGuard.identify(signedBy({ accountId: '123456789012', userId, ...more }))).caller.owner;

  test('the owner is the role by its unique id, whatever the session is called', async () => {
    expect(await ownerOf('AROAROLE:morning')).toBe(await ownerOf('AROAROLE:evening'));
    expect(await ownerOf('AROAROLE:morning')).not.toBe(await ownerOf('AROAOTHER:morning'));
    expect(await ownerOf('AIDAUSER')).not.toBe(await ownerOf('AROAROLE:AIDAUSER'));
  });

  test('federated users of an account are told apart, and so are those of an identity pool', async () => {
    expect(await ownerOf('123456789012:anna')).not.toBe(await ownerOf('123456789012:bert'));
    expect(await ownerOf('123456789012:anna')).not.toBe(await ownerOf('123456789012'));
    const pooled = (identityId: string) =>
      ownerOf('AROAPOOL:CognitoIdentityCredentials', { cognitoIdentity: { identityId } });
    expect(await pooled('eu-central-1:a')).not.toBe(await pooled('eu-central-1:b'));
  });

  test('a request of which the gateway says nothing is refused, whatever it says of itself', async () => {
    const forged = buildApiEvent({
      headers: { 'x-amzn-iam-userid': 'AROAROLE:me', authorization: 'AWS4-HMAC-SHA256 …' },
    });
    expect(await catchRefusal(iamGuard.identify(readHttpEvent(forged)))).toMatchObject({ status: 403 });
    expect(await catchRefusal(iamGuard.identify(signedBy(undefined)))).toMatchObject({ status: 403 });
  });
});

describe('at the front door', () => {
  const environment = () => ({ AUTH_ISSUER: issuer.url, AUTH_SCOPES: 'mcp' });
  const open = (more: Record<string, string> = {}) =>
    createTestFrontDoor(definition, {
      guard: createTestGuard({ ...environment(), ...more }),
      allowedOrigins: ['https://app.example'],
    });
  const get = (path: string, headers = {}) => ({
    method: 'GET',
    path,
    headers: { 'content-type': undefined, ...headers },
  });

  test('nothing but the metadata is answered without a token, however the request is made', async () => {
    const door = open();
    const refused = [
      buildRequest('tools/list'),
      buildRequest('tasks/get', { taskId: 'x' }),
      { ...buildRequest('server/discover'), method: 'GET' },
      { text: 'not JSON' },
      { body: { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} } },
      { ...buildRequest('tools/list'), headers: {} },
    ];
    for (const request of refused) {
      const answer = await door.send(request);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('resource_metadata=');
      expect(answer.json).toEqual({
        jsonrpc: '2.0',
        id: null,
        error: { code: -32000, message: 'Authorization is required.' },
      });
    }
    expect(door.calls).toEqual([]);
    expect(door.loads).toEqual({ server: 0, sdk: 0 });
  });

  test('a token in the URL or the body is none', async () => {
    const door = open();
    const inBody = buildRequest('tools/list', { access_token: await issueToken() });
    expect((await door.send(inBody)).status).toBe(401);
    expect(
      (await door.send({ ...buildRequest('tools/list'), path: `/mcp?access_token=${await issueToken()}` })).status,
    ).not.toBe(200);
  });

  test('metadata names the URL that was dialled, on a domain name of one’s own too, or the one that was set', async () => {
    const event = buildApiEvent(get('/.well-known/oauth-protected-resource/mcp'));
    const metadataAt = async (domainName: string, more: Record<string, string> = {}) => {
      const request = readHttpEvent({ ...event, requestContext: { ...event.requestContext, domainName } });
      return JSON.parse(createTestGuard({ ...environment(), ...more }).serveWellKnown?.(request)?.body ?? '').resource;
    };
    expect(await metadataAt('abc.execute-api.eu-central-1.amazonaws.com')).toBe(
      'https://abc.execute-api.eu-central-1.amazonaws.com/mcp',
    );
    expect(await metadataAt('mcp.example.org')).toBe('https://mcp.example.org/mcp');
    expect(await metadataAt('127.0.0.1:3000')).toBe('http://127.0.0.1:3000/mcp');
    expect(await metadataAt('abc.example', { AUTH_RESOURCE: 'https://cdn.example/mcp' })).toBe(
      'https://cdn.example/mcp',
    );
  });

  test('metadata is for GET, at its two paths, and there only where tokens are taken', async () => {
    const door = open();
    for (const path of ['', '/mcp'])
      expect((await door.send(get(`/.well-known/oauth-protected-resource${path}`))).status).toBe(200);
    const posted = await door.send({ path: '/.well-known/oauth-protected-resource' });
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET']);
    expect((await door.send(get('/.well-known/oauth-protected-resource/other'))).status).toBe(404);
    const none = createTestFrontDoor(definition, { guard: anonymousGuard });
    expect((await none.send(get('/.well-known/oauth-protected-resource'))).status).toBe(404);
  });

  test('a tool’s own scopes are demanded of it alone, in every revision', async () => {
    const door = open();
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

  test('a tool that demands scopes is closed where nobody has any', async () => {
    const door = createTestFrontDoor(definition, {
      guard: createGuard({ kind: 'none' }, { path: '/mcp', name: '', now: Date.now }),
    });
    const refused = await door.call('tools/call', { name: 'erase', arguments: {} });
    expect(refused).toMatchObject({ status: 403, json: { error: { message: expect.stringContaining('scopes') } } });
  });

  test('the token, the subject and the client are in no row, message, log line, answer or tool', async () => {
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
    const door = createTestFrontDoor(curious, { guard: createTestGuard(environment()) });
    const secrets = { sub: 'subject-to-hide', client_id: 'client-to-hide' };
    const good = await issueToken(secrets);
    const bad = await issueToken({ ...secrets, aud: 'https://other.example' });
    const answers = [];
    for (const jwt of [good, bad])
      for (const [method, params] of [
        ['tools/call', { name: 'echo', arguments: { words: 'x' } }],
        ['tools/call', { name: 'look', arguments: {} }],
        ['tasks/get', { taskId: 'nothing' }],
        ['no/such', {}],
      ] as const)
        answers.push(await door.send(buildRequest(method, params, { headers: { authorization: `Bearer ${jwt}` } })));
    expect(seen).toBeDefined();
    expect(JSON.stringify(seen)).toContain('"scopes":["mcp"]');
    expect(door.sent).toHaveLength(1);
    const owner = toSubjectOwner(issuer.url, secrets.sub);
    const { rows } = await door.store.list(`owner#${owner}`, { limit: 10 });
    expect(rows).toHaveLength(1);
    const everything = JSON.stringify([rows, door.sent, door.logged, answers, seen]);
    for (const secret of [...good.split('.'), ...bad.split('.'), ...Object.values(secrets)])
      expect(everything).not.toContain(secret);
    expect(door.logged).toContainEqual(
      expect.objectContaining({ event: 'request.refused', status: 401, reason: 'The token is for another audience.' }),
    );
  });
});
