import { describe, expect, test } from 'vitest';
import { createTestGuard } from '../../support/authorized-requests.ts';
import { createTestFrontDoor } from '../../support/front-door.ts';
import { buildRequest } from '../../support/requests.ts';
import definition from '../../support/servers/guarded.ts';

const APP = 'https://app.example';
const buildPreflight = (origin: string | undefined, headers: Record<string, string | undefined> = {}) => ({
  method: 'OPTIONS',
  headers: {
    'content-type': undefined,
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,mcp-method',
    ...headers,
  },
});
const buildOriginRequest = (origin?: string) => buildRequest('tasks/get', { taskId: 'x' }, { headers: { origin } });
const listCorsHeaders = (headers: object) => Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('unless an origin is allowed', () => {
  const frontDoor = createTestFrontDoor(definition);

  test('no preflight is answered and no answer has a CORS header', async () => {
    for (const request of [buildPreflight(APP), buildOriginRequest(APP)]) {
      const { status, headers } = await frontDoor.send(request);
      expect(status).toBe(403);
      expect(listCorsHeaders(headers)).toEqual([]);
    }
    expect(listCorsHeaders((await frontDoor.send(buildOriginRequest())).headers)).toEqual([]);
  });
});

describe('with an allowed origin', () => {
  const frontDoor = createTestFrontDoor(definition, {
    allowedOrigins: [APP],
    guard: createTestGuard({ AUTH_ISSUER: 'https://issuer.example' }),
  });

  test('its preflight is answered without authentication', async () => {
    const { status, headers, text } = await frontDoor.send(buildPreflight(APP));
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': 'authorization,content-type,mcp-method',
      vary: 'Origin',
    });
    // Tokens are in a header that the page sets; cookies are never used.
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('its page can read a refusal and the way to the authorization server', async () => {
    const refused = await frontDoor.send(buildOriginRequest(APP));
    expect(refused.status).toBe(401);
    expect(refused.headers).toMatchObject({ 'access-control-allow-origin': APP });
    expect(refused.headers['access-control-expose-headers']).toContain('WWW-Authenticate');
    const found = await frontDoor.send({
      method: 'GET',
      path: '/.well-known/oauth-protected-resource/mcp',
      headers: { 'content-type': undefined, origin: APP },
    });
    expect(found).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': APP } });
  });

  test('another origin is refused, for preflight, request and metadata, without a CORS header', async () => {
    const other = 'https://other.example';
    const metadata = { method: 'GET', path: '/.well-known/oauth-protected-resource', headers: { origin: other } };
    for (const request of [buildPreflight(other), buildOriginRequest(other), metadata, buildPreflight('null')]) {
      const { status, headers } = await frontDoor.send(request);
      expect(status).toBe(403);
      expect(listCorsHeaders(headers)).toEqual([]);
    }
  });

  test('a request that is not a preflight, or asks for an invalid header, gets no permission', async () => {
    expect((await frontDoor.send(buildPreflight(undefined))).status).toBe(401);
    expect((await frontDoor.send(buildPreflight(APP, { 'access-control-request-method': undefined }))).status).toBe(
      401,
    );
    const odd = await frontDoor.send(buildPreflight(APP, { 'access-control-request-headers': 'a\r\nset-cookie: x' }));
    expect(odd.headers).not.toHaveProperty('access-control-allow-headers');
  });
});
