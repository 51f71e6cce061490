import { describe, expect, test } from 'vitest';
import { findExcess, MAX_BODY_BYTES } from '../../../lambda/http/body.ts';
import { readHttpEvent } from '../../../lambda/http/event.ts';
import { defineServer, defineTool } from '../../../lambda/index.ts';
import { createTestFrontDoor } from '../../support/front-door.ts';
import { buildApiEvent, buildRequest } from '../../support/requests.ts';

const definition = defineServer({ name: 'door', version: '1', tools: [defineTool('t', {}, () => ({ content: [] }))] });
const removed = buildRequest('tasks/list');

describe('where and how', () => {
  test.each(['/mcp', '/mcp/'])('%s is the endpoint', async (path) => {
    expect((await createTestFrontDoor(definition).send({ ...removed, path })).json.error.code).toBe(-32601);
  });

  test.each(['/', '/mcpx', '/mcp/x', '/x/mcp', '/MCP'])('%s is not found', async (path) => {
    const got = await createTestFrontDoor(definition).send({ ...removed, path });
    expect({ status: got.status, code: got.json.error.code }).toEqual({ status: 404, code: -32000 });
  });

  test('a named stage is not part of the path', () => {
    const event = buildApiEvent({ path: '/prod/mcp' });
    event.requestContext.stage = 'prod';
    expect(readHttpEvent(event).path).toBe('/mcp');
    event.rawPath = '/production/mcp';
    expect(readHttpEvent(event).path).toBe('/production/mcp');
  });

  test.each(['GET', 'DELETE', 'HEAD', 'PATCH'])('%s is refused, with the allowed method', async (method) => {
    const got = await createTestFrontDoor(definition).send({ method });
    expect({ status: got.status, allow: got.headers.allow }).toEqual({ status: 405, allow: 'POST' });
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
    ' application/json ',
  ])('%j is accepted as JSON', async (type) => {
    expect(
      (
        await createTestFrontDoor(definition).send({
          ...removed,
          headers: { ...removed.headers, 'content-type': type },
        })
      ).status,
    ).toBe(404);
  });

  test('a Host that is not a host name does no harm', () => {
    const event = buildApiEvent({});
    event.requestContext.domainName = 'a b\\c';
    expect(readHttpEvent(event).url).toBe('https://localhost/');
  });

  test('header values that the Fetch standard rejects do no harm', async () => {
    const got = await createTestFrontDoor(definition).call(
      'tools/list',
      {},
      { headers: { 'x-odd': 'a\u0000b', 'bad name': 'x' } },
    );
    expect(got.status).toBe(200);
  });
});

describe('origins', () => {
  const from = (origin: string, allowedOrigins: string[]) =>
    createTestFrontDoor(definition, { allowedOrigins }).send({ ...removed, headers: { ...removed.headers, origin } });

  test.each([
    ['https://app.example.com', ['https://app.example.com']],
    ['https://app.example.com', ['https://app.example.com:443/']],
    ['http://localhost:5173', ['localhost']],
    ['http://[::1]:5173', ['[::1]']],
    ['https://anything.example', ['*']],
    ['', []],
  ])('%j may call where %j is allowed', async (origin, allowed) => {
    expect((await from(origin, allowed)).status).toBe(404);
  });

  test.each([
    ['https://app.example.com', []],
    ['http://app.example.com', ['https://app.example.com']],
    ['https://app.example.com:8443', ['https://app.example.com']],
    ['https://app.example.com.evil.example', ['https://app.example.com', 'app.example.com']],
    ['http://localhost.evil.example', ['localhost']],
    ['null', ['localhost']],
    ['not an origin', ['localhost']],
  ])('%j may not call where %j is allowed', async (origin, allowed) => {
    expect((await from(origin, allowed)).status).toBe(403);
  });
});

describe('the body', () => {
  test('may be as large as the limit, and no larger', async () => {
    const frontDoor = createTestFrontDoor(definition);
    const text = (bytes: number) => {
      const body = JSON.stringify(removed.body);
      return body + ' '.repeat(bytes - body.length);
    };
    expect((await frontDoor.send({ ...removed, text: text(MAX_BODY_BYTES) })).status).toBe(404);
    expect((await frontDoor.send({ ...removed, text: text(MAX_BODY_BYTES + 1) })).status).toBe(413);
    expect((await frontDoor.send({ ...removed, text: text(MAX_BODY_BYTES), base64: true })).status).toBe(404);
    expect((await frontDoor.send({ ...removed, text: text(MAX_BODY_BYTES + 1), base64: true })).status).toBe(413);
    expect((await createTestFrontDoor(definition, { maxBodyBytes: 10 }).send(removed)).status).toBe(413);
  });

  test('brackets within strings are text', () => {
    const isDeeperThan = (text: string, depth: number) => findExcess(text, { depth, values: 100 }) === 'depth';
    expect(isDeeperThan('{"a":"[[[[","b":"\\"[[["}', 1)).toBe(false);
    expect(isDeeperThan('[[]]', 1)).toBe(true);
    expect(isDeeperThan('[[],[],[]]', 2)).toBe(false);
  });
});
