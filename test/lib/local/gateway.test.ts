import { request } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterEach, describe, expect, test } from 'vitest';
import { type Gateway, type GatewayOptions, startGateway } from '../../../lib/local/gateway.ts';

const running: Gateway[] = [];
afterEach(() => Promise.all(running.splice(0).map((each) => each.stop())));

interface TestGatewayOptions extends Partial<GatewayOptions> {
  readonly reply?: unknown;
}

async function startTestGateway(options: TestGatewayOptions = {}) {
  const events: APIGatewayProxyEventV2[] = [];
  const failures: unknown[] = [];
  const gateway = await startGateway({
    port: 0,
    routes: ['ANY /mcp', 'GET /.well-known/{name+}', 'POST /owners/{owner}/tasks'],
    integrationTimeoutMs: 30_000,
    invoke: async (event) => {
      events.push(event);
      return options.reply ?? { statusCode: 202 };
    },
    onFailure: (error) => failures.push(error),
    ...options,
  });
  running.push(gateway);
  return { url: `http://127.0.0.1:${gateway.port}`, port: gateway.port, events, failures };
}

/** `fetch` joins and drops headers: this sends exactly what it is given. */
function sendRaw(url: string, options: { method?: string; headers?: string[]; body?: string } = {}) {
  return new Promise<{ status?: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const outgoing = request(url, { method: options.method ?? 'POST', headers: options.headers ?? [] }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

describe('the event', () => {
  test('has the shape of payload format 2.0', async () => {
    const { url, port, events } = await startTestGateway();
    await sendRaw(`${url}/mcp?a=1&b=x%20y&a=2`, {
      headers: [
        'Host',
        `127.0.0.1:${port}`,
        'Content-Type',
        'application/json',
        'User-Agent',
        'test',
        'X-Two',
        'one',
        'x-two',
        'two',
      ],
      body: '{"jsonrpc":"2.0"}',
    });
    expect(JSON.parse(JSON.stringify(events[0]))).toEqual({
      version: '2.0',
      routeKey: 'ANY /mcp',
      rawPath: '/mcp',
      rawQueryString: 'a=1&b=x%20y&a=2',
      queryStringParameters: { a: '1,2', b: 'x y' },
      headers: expect.objectContaining({
        host: `127.0.0.1:${port}`,
        'content-type': 'application/json',
        'x-two': 'one,two',
        'x-forwarded-proto': 'http',
        'x-forwarded-for': '127.0.0.1',
      }),
      requestContext: {
        accountId: expect.any(String),
        apiId: expect.any(String),
        domainName: `127.0.0.1:${port}`,
        domainPrefix: '127',
        http: { method: 'POST', path: '/mcp', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: expect.any(String),
        routeKey: 'ANY /mcp',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      body: '{"jsonrpc":"2.0"}',
      isBase64Encoded: false,
    });
  });

  test('keeps both of two content types, where Node would drop one', async () => {
    const { url, events } = await startTestGateway();
    await sendRaw(`${url}/mcp`, {
      headers: ['Content-Type', 'text/plain', 'Content-Type', 'application/json', 'Host', 'x'],
    });
    expect(events[0]?.headers['content-type']).toBe('text/plain,application/json');
  });

  test('separates cookies, and has no body where there is none', async () => {
    const { url, events } = await startTestGateway();
    await sendRaw(`${url}/mcp`, { method: 'GET', headers: ['Cookie', 'a=1; b=2', 'Host', 'x'] });
    expect(events[0]).toMatchObject({ cookies: ['a=1', 'b=2'], isBase64Encoded: false });
    expect(events[0]?.headers).not.toHaveProperty('cookie');
    expect(events[0]).not.toHaveProperty('body');
  });

  test('has base64 for a body that is not text', async () => {
    const { url, events } = await startTestGateway();
    const post = (type: string, body: Uint8Array<ArrayBuffer>) =>
      fetch(`${url}/mcp`, { method: 'POST', headers: { 'content-type': type }, body });
    await post('application/octet-stream', Buffer.from('abc'));
    await post('application/json', Buffer.from([0x22, 0xff, 0x22]));
    await post('application/json; charset=utf-8', Buffer.from('"é"'));
    expect(events.map(({ body, isBase64Encoded }) => [body, isBase64Encoded])).toEqual([
      ['YWJj', true],
      ['Iv8i', true],
      ['"é"', false],
    ]);
  });

  test('has the parameters of the route it took', async () => {
    const { url, events } = await startTestGateway();
    await fetch(`${url}/.well-known/oauth/mcp`);
    await fetch(`${url}/owners/me/tasks`, { method: 'POST' });
    expect(events.map(({ routeKey, pathParameters }) => [routeKey, pathParameters])).toEqual([
      ['GET /.well-known/{name+}', { name: 'oauth/mcp' }],
      ['POST /owners/{owner}/tasks', { owner: 'me' }],
    ]);
  });
});

describe('the response', () => {
  test('is what the function returns', async () => {
    const { url } = await startTestGateway({
      reply: {
        statusCode: 418,
        headers: { 'content-type': 'application/json', 'x-number': 3, Connection: 'nonsense' },
        cookies: ['a=1', 'b=2'],
        body: Buffer.from('{"é":1}').toString('base64'),
        isBase64Encoded: true,
      },
    });
    const response = await fetch(`${url}/mcp`);
    expect(response.status).toBe(418);
    expect(response.headers.get('x-number')).toBe('3');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('apigw-requestid')).toBeTruthy();
    expect(await response.json()).toEqual({ é: 1 });
  });

  test('without a status is a 200 with the result as JSON', async () => {
    const { url } = await startTestGateway({ reply: { ok: true } });
    const response = await fetch(`${url}/mcp`);
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
      200,
      'application/json',
      { ok: true },
    ]);
  });

  test('204 has no body and no content type', async () => {
    const { url } = await startTestGateway({ reply: { statusCode: 204 } });
    const response = await fetch(`${url}/mcp`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([204, null, '']);
  });
});

describe('limits and failures', () => {
  test('a path without a route is 404', async () => {
    const { url, events } = await startTestGateway();
    for (const path of ['/', '/mcp/', '/other', '/.well-known/', '/.well-known']) {
      const response = await fetch(url + path);
      expect([path, response.status, await response.json()]).toEqual([path, 404, { message: 'Not Found' }]);
    }
    expect(events).toEqual([]);
  });

  test('a method without a route is 404', async () => {
    const { url } = await startTestGateway();
    expect((await fetch(`${url}/.well-known/x`, { method: 'POST' })).status).toBe(404);
  });

  test('a body over 10 MB is 413, and so is an event that is too large for Lambda', async () => {
    const { url, events } = await startTestGateway();
    const post = (size: number) =>
      fetch(`${url}/mcp`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(size) });
    for (const size of [10 * 1024 * 1024 + 1, 6 * 1024 * 1024]) {
      const response = await post(size);
      expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
    }
    expect((await post(5 * 1024 * 1024)).status).toBe(202);
    expect(events).toHaveLength(1);
  });

  test('headers over 10 KB are 431', async () => {
    const { url } = await startTestGateway();
    expect((await sendRaw(`${url}/mcp`, { headers: ['X', 'x'.repeat(11_000), 'Host', 'x'] })).status).toBe(431);
  });

  test('a function that fails is 500', async () => {
    const { url, failures } = await startTestGateway({ invoke: () => Promise.reject(new Error('crashed')) });
    const response = await fetch(`${url}/mcp`);
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
    expect(failures).toEqual([new Error('crashed')]);
  });

  test('a result that is not an HTTP response is 500', async () => {
    for (const result of [{ statusCode: 42 }, { statusCode: 200, headers: { 'bad name': 'x' } }]) {
      const { url } = await startTestGateway({ reply: result });
      expect((await fetch(`${url}/mcp`)).status).toBe(500);
    }
  });

  test('a function that does not respond in time is 503', async () => {
    const { url, failures } = await startTestGateway({ integrationTimeoutMs: 20, invoke: () => new Promise(() => {}) });
    const response = await fetch(`${url}/mcp`);
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
    expect(failures).toHaveLength(1);
  });

  test('a port in use is one clear line', async () => {
    const { port } = await startTestGateway();
    await expect(startTestGateway({ port })).rejects.toMatchObject({
      name: 'CannotStart',
      message: expect.stringMatching(new RegExp(`^Port ${port} is in use.*$`)),
    });
  });

  test('a request that is cut off reaches no function and harms nothing', async () => {
    const { url, events, failures } = await startTestGateway();
    await new Promise<void>((resolve) => {
      const outgoing = request(`${url}/mcp`, { method: 'POST', headers: { 'content-length': 100 } });
      outgoing.on('error', () => resolve());
      outgoing.write('x', () => outgoing.destroy(new Error('cut')));
    });
    expect((await fetch(`${url}/mcp`)).status).toBe(202);
    expect([events.length, failures]).toEqual([1, []]);
  });
});
