import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, defineServer, defineTool, ProtocolError } from '../../../lambda/index.ts';
import { checkServer } from '../../../lambda/mcp/sdk/index.ts';
import type { ServerDefinition } from '../../../lambda/tool/types.ts';
import { createTestFrontDoor } from '../../support/front-door.ts';
import type { TestRequest } from '../../support/requests.ts';
import { toTextResult } from '../../support/results.ts';

const registerOrdinaryFeatures: NonNullable<ServerDefinition['mcp']> = (server, { era }) => {
  server.registerTool('plain', { description: 'An ordinary tool', inputSchema: z.object({ a: z.number() }) }, ({ a }) =>
    toTextResult(`${era} ${a}`),
  );
  server.registerTool('never', {}, () => new Promise(() => {}));
  server.registerTool('throws', {}, () => {
    throw new Error('thrown by an ordinary tool');
  });
  server.registerPrompt('p', {}, () => ({ messages: [] }));
  server.registerResource('r', 'file:///r', {}, () => ({ contents: [{ uri: 'file:///r', text: 'r' }] }));
};

const definition = defineServer({
  name: 'both',
  version: '2.0.0',
  title: 'Both',
  instructions: 'Use it well.',
  tools: [
    defineTool(
      'task_tool',
      {
        title: 'A task tool',
        description: 'Described',
        inputSchema: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) }),
        outputSchema: z.object({ rows: z.number() }),
        annotations: { readOnlyHint: true },
        icons: [{ src: 'https://example.com/icon.png' }],
        _meta: { 'example.com/x': 1 },
      },
      () => ({ structuredContent: { rows: 3 } }),
    ),
    defineTool('bare', { taskSupport: 'required' }, () => toTextResult('ran')),
    defineTool('asking', { asks: ['elicitation'], taskSupport: 'forbidden' }, () => toTextResult('ran')),
    defineTool('asks_later', {}, async (task) => {
      await task.elicit('x', { message: 'x', requestedSchema: z.object({ x: z.string() }) });
      return toTextResult('ran');
    }),
    defineTool('breaks', {}, () => {
      throw new ProtocolError(-31999, 'broken');
    }),
  ],
  mcp: registerOrdinaryFeatures,
});

const buildLegacyMessage = (method: string, params: object = {}): TestRequest => ({
  headers: { 'mcp-protocol-version': '2025-11-25' },
  body: { jsonrpc: '2.0', id: 1, method, params },
});
const buildInitialize = (protocolVersion: string): TestRequest => ({
  body: {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion, capabilities: {}, clientInfo: { name: 'c', version: '1' } },
  },
});

describe('2026-07-28', () => {
  test('server/discover: one identity, the tasks extension, and no capability that would keep a stream open', async () => {
    const { json } = await createTestFrontDoor(definition).call('server/discover');
    expect(json.result).toMatchObject({
      supportedVersions: ['2026-07-28'],
      instructions: 'Use it well.',
      resultType: 'complete',
    });
    expect(json.result._meta['io.modelcontextprotocol/serverInfo']).toEqual({
      name: 'both',
      version: '2.0.0',
      title: 'Both',
    });
    expect(json.result.capabilities).toEqual({
      tools: { listChanged: false },
      prompts: { listChanged: false },
      resources: { listChanged: false, subscribe: false },
      extensions: { 'io.modelcontextprotocol/tasks': {} },
    });
  });

  test('a server without tools of either kind still answers', async () => {
    const { json } = await createTestFrontDoor(defineServer({ name: 'empty', version: '1', tools: [] })).call(
      'server/discover',
    );
    expect(json.result.capabilities).toEqual({ extensions: { 'io.modelcontextprotocol/tasks': {} } });
  });

  test('tools/list: task tools next to ordinary ones, with all that their authors declared and no `execution`', async () => {
    const { json } = await createTestFrontDoor(definition).call('tools/list');
    expect(json.result.tools.map((tool: { name: string }) => tool.name)).toEqual([
      'task_tool',
      'bare',
      'asking',
      'asks_later',
      'breaks',
      'plain',
      'never',
      'throws',
    ]);
    expect(json.result.tools[0]).toEqual({
      name: 'task_tool',
      title: 'A task tool',
      description: 'Described',
      inputSchema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
        required: ['region'],
      },
      outputSchema: expect.objectContaining({ type: 'object', properties: { rows: { type: 'number' } } }),
      annotations: { readOnlyHint: true },
      icons: [{ src: 'https://example.com/icon.png' }],
      _meta: { 'example.com/x': 1 },
    });
    expect(json.result).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
  });

  test('ordinary tools, prompts and resources are served by the SDK', async () => {
    const frontDoor = createTestFrontDoor(definition);
    const got = await frontDoor.call('tools/call', { name: 'plain', arguments: { a: 5 } });
    expect(got.json.result).toMatchObject({ content: [{ text: 'modern 5' }], resultType: 'complete' });
    expect((await frontDoor.call('resources/read', { uri: 'file:///r' })).json.result.contents[0].text).toBe('r');
    expect((await frontDoor.call('prompts/get', { name: 'p' })).json.result.messages).toEqual([]);
    expect((await frontDoor.call('tools/call', { name: 'throws' })).json.result.isError).toBe(true);
    expect(frontDoor.calls).toEqual([]);
  });

  test('header values in Base64 are decoded; integers in headers are compared as numbers', async () => {
    const frontDoor = createTestFrontDoor(definition);
    const region = 'Zürich';
    const headers = {
      'mcp-name': '=?base64?dGFza190b29s?=',
      'mcp-param-region': `=?base64?${Buffer.from(region).toString('base64')}?=`,
    };
    const got = await frontDoor.call('tools/call', { name: 'task_tool', arguments: { region } }, { headers });
    expect(got.json.result.resultType).toBe('task');
  });

  test('a session id is ignored and never echoed', async () => {
    const got = await createTestFrontDoor(definition).call('tools/list', {}, { headers: { 'mcp-session-id': 'x' } });
    expect(got.status).toBe(200);
    expect(Object.keys(got.headers)).not.toContain('mcp-session-id');
  });

  test('an ordinary tool that does not finish in time gets a clear error, not a gateway timeout', async () => {
    const got = await createTestFrontDoor(definition, { timeoutMs: 50 }).call('tools/call', { name: 'never' });
    expect({ status: got.status, error: got.json.error }).toEqual({
      status: 504,
      error: { code: -32603, message: expect.stringContaining('defineTool') },
    });
  });

  test('a notification is accepted with an empty body', async () => {
    const got = await createTestFrontDoor(definition).send({
      headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'notifications/cancelled' },
      body: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
    });
    expect({ status: got.status, text: got.text }).toEqual({ status: 202, text: '' });
  });
});

describe('revisions with a handshake', () => {
  test.each(['2025-06-18', '2025-03-26'])('%s is negotiated, without tasks', async (version) => {
    const { status, json } = await createTestFrontDoor(definition).send(buildInitialize(version));
    expect(status).toBe(200);
    expect(json.result).toMatchObject({ protocolVersion: version, serverInfo: { name: 'both', version: '2.0.0' } });
    expect(json.result.capabilities).toEqual({
      tools: { listChanged: false },
      prompts: { listChanged: false },
      resources: { listChanged: false },
    });
  });

  test('a notification is accepted with an empty body', async () => {
    const body = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const got = await createTestFrontDoor(definition).send({ headers: { 'mcp-protocol-version': '2025-11-25' }, body });
    expect({ status: got.status, text: got.text }).toEqual({ status: 202, text: '' });
  });

  test('tools/list shows the task support of each tool', async () => {
    const { json } = await createTestFrontDoor(definition).send(buildLegacyMessage('tools/list'));
    const support = json.result.tools.map(
      (tool: { execution?: { taskSupport: string } }) => tool.execution?.taskSupport,
    );
    expect(support).toEqual([
      'optional',
      'required',
      'forbidden',
      'optional',
      'optional',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a task tool runs inline, and writes nothing', async () => {
    const frontDoor = createTestFrontDoor(definition);
    const { json } = await frontDoor.send(
      buildLegacyMessage('tools/call', { name: 'task_tool', arguments: { region: 'eu' } }),
    );
    expect(json.result).toEqual({ structuredContent: { rows: 3 }, content: [{ type: 'text', text: '{"rows":3}' }] });
    expect(frontDoor.calls).toEqual([]);
  });

  test.each([
    ['asking', 'did not declare'],
    ['asks_later', 'elicitation'],
    ['breaks', '(-31999): broken'],
  ])('a tool that cannot run inline returns the reason: %s', async (name, reason) => {
    const { json } = await createTestFrontDoor(definition).send(
      buildLegacyMessage('tools/call', { name, arguments: {} }),
    );
    expect(json.result.isError).toBe(true);
    expect(json.result.content[0].text).toContain(reason);
  });

  test('a tool that runs only as a task returns the reason in a revision before tasks', async () => {
    const call = buildLegacyMessage('tools/call', { name: 'bare', arguments: {} });
    const { json } = await createTestFrontDoor(definition).send({
      ...call,
      headers: { 'mcp-protocol-version': '2025-06-18' },
    });
    expect(json.result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('only as a task') }],
    });
  });

  test('invalid arguments are a tool error', async () => {
    const { json } = await createTestFrontDoor(definition).send(
      buildLegacyMessage('tools/call', { name: 'task_tool', arguments: {} }),
    );
    expect(json.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('region: ') }] });
  });
});

describe('checkServer', () => {
  test('a server that can be built passes', async () => {
    await expect(checkServer(definition)).resolves.toBeUndefined();
  });

  test('a tool name that is used twice is refused before the first request', async () => {
    const twice = {
      ...definition,
      mcp: (server: Parameters<typeof registerOrdinaryFeatures>[0]) =>
        void server.registerTool('bare', {}, () => toTextResult('')),
    };
    await expect(checkServer(twice)).rejects.toThrow(ConfigurationError);
    await expect(checkServer(twice)).rejects.toThrow('Tool bare is already registered');
  });

  test('if it is served all the same, every request gets an internal error, and only the log has the reason', async () => {
    const twice = {
      ...definition,
      mcp: (server: Parameters<typeof registerOrdinaryFeatures>[0]) =>
        void server.registerTool('bare', {}, () => toTextResult('')),
    };
    const frontDoor = createTestFrontDoor(twice);
    const got = await frontDoor.call('tools/list');
    expect({ status: got.status, error: got.json.error }).toEqual({
      status: 500,
      error: { code: -32603, message: 'Internal server error' },
    });
    expect(frontDoor.logged).toContainEqual(expect.objectContaining({ event: 'request.failed', status: 500 }));
  });
});
