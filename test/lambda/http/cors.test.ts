import { describe, expect, test } from 'vitest';
import { guardOf } from '../../support/authorized-requests.ts';
import definition from '../../support/servers/guarded.ts';
import { openDoor } from '../../support/front-door.ts';
import { modern } from '../../support/requests.ts';

const APP = 'https://app.example';
const preflight = (origin: string | undefined, headers: Record<string, string | undefined> = {}) => ({
  method: 'OPTIONS',
  headers: {
    'content-type': undefined,
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,mcp-method',
    ...headers,
  },
});
const from = (origin?: string) => modern('tasks/get', { taskId: 'x' }, { headers: { origin } });
const corsIn = (headers: object) => Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('unless an origin is allowed', () => {
  const door = openDoor(definition);

  test('no preflight is answered and no answer has a CORS header', async () => {
    for (const request of [preflight(APP), from(APP)]) {
      const { status, headers } = await door.send(request);
      expect(status).toBe(403);
      expect(corsIn(headers)).toEqual([]);
    }
    expect(corsIn((await door.send(from())).headers)).toEqual([]);
  });
});

describe('with an allowed origin', () => {
  const door = openDoor(definition, {
    allowedOrigins: [APP],
    guard: guardOf({ AUTH_ISSUER: 'https://issuer.example' }),
  });

  test('its preflight is answered, before anybody is asked who they are', async () => {
    const { status, headers, text } = await door.send(preflight(APP));
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': 'authorization,content-type,mcp-method',
      vary: 'Origin',
    });
    // Tokens are in a header that the page sets; cookies are never asked for.
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('its page can read a refusal and the way to the issuer', async () => {
    const refused = await door.send(from(APP));
    expect(refused.status).toBe(401);
    expect(refused.headers).toMatchObject({ 'access-control-allow-origin': APP });
    expect(refused.headers['access-control-expose-headers']).toContain('WWW-Authenticate');
    const found = await door.send({
      method: 'GET',
      path: '/.well-known/oauth-protected-resource/mcp',
      headers: { 'content-type': undefined, origin: APP },
    });
    expect(found).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': APP } });
  });

  test('another one is refused, preflight, request and metadata, without a CORS header', async () => {
    const other = 'https://other.example';
    const metadata = { method: 'GET', path: '/.well-known/oauth-protected-resource', headers: { origin: other } };
    for (const request of [preflight(other), from(other), metadata, preflight('null')]) {
      const { status, headers } = await door.send(request);
      expect(status).toBe(403);
      expect(corsIn(headers)).toEqual([]);
    }
  });

  test('what is no preflight, or asks for what is no header, gets none of it', async () => {
    expect((await door.send(preflight(undefined))).status).toBe(401);
    expect((await door.send(preflight(APP, { 'access-control-request-method': undefined }))).status).toBe(401);
    const odd = await door.send(preflight(APP, { 'access-control-request-headers': 'a\r\nset-cookie: x' }));
    expect(odd.headers).not.toHaveProperty('access-control-allow-headers');
  });
});
