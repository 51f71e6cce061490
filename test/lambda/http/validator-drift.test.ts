/** Each request is judged by two validators, ours and the official SDK's: they must always agree. */
import { createMcpHandler } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { META_KEYS } from '../../../lambda/mcp/rpc.ts';
import { buildServer } from '../../../lambda/mcp/sdk/build-server.ts';
import { createTestFrontDoor } from '../../support/front-door.ts';
import { buildApiEvent, buildRequest, TEST_REVISION, type TestRequest } from '../../support/requests.ts';
import definition from './bad-input/server.ts';

const frontDoor = createTestFrontDoor(definition);
const sdk = createMcpHandler((ctx) => buildServer(definition, ctx, { callTaskTool: async () => ({ content: [] }) }), {
  onerror: () => {},
});

const capabilities = {
  elicitation: { form: { applyDefaults: true }, url: {} },
  sampling: { context: {}, tools: {} },
  roots: { listChanged: true },
  experimental: { x: {} },
  extensions: { 'example.com/x': {} },
};
const clientInfo = { name: 'c', version: '1', title: 't', icons: [{ src: 's', sizes: ['1x1'], theme: 'dark' }] };
const meta = { [META_KEYS.clientInfo]: clientInfo, [META_KEYS.logLevel]: 'info', progressToken: 1 };

/** Valid messages of many kinds, of which the test breaks one part at a time. */
const seeds: readonly TestRequest[] = [
  // Answered by our own code, so that only our own checks apply.
  buildRequest('tasks/list', {}, { capabilities, meta }),
  buildRequest('tools/call', { name: 'echo', arguments: { text: 'x' } }, { capabilities, meta }),
  buildRequest('tools/list', {}, { capabilities, meta }),
  buildRequest('tools/call', { name: 'unknown', arguments: {} }, { capabilities, meta }),
  buildRequest('initialize', {}, { capabilities, meta }),
  buildRequest('subscriptions/listen', { notifications: { toolsListChanged: true, resourceSubscriptions: ['x'] } }),
  {
    headers: { 'mcp-protocol-version': '2025-11-25' },
    body: { jsonrpc: '2.0', id: 'a', method: 'tools/list', params: { _meta: { progressToken: 'x' } } },
  },
  {
    headers: { 'mcp-protocol-version': TEST_REVISION },
    body: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
  },
  { headers: { 'mcp-protocol-version': '2025-11-25' }, body: { jsonrpc: '2.0', id: 1, result: { _meta: {} } } },
  { headers: {}, body: { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'm', data: {} } } },
];

/** Every place in a JSON value. */
function listPaths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([key, item]) => listPaths(item, [...path, key]))];
}

/** The value with one place replaced, or removed if the replacement is undefined. */
function replaceAt(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const entries = Object.entries(value as object).map(([name, item]) => [
    name,
    name === key ? replaceAt(item, rest, by) : item,
  ]);
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

const VALUES = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  'x',
  TEST_REVISION,
  '2025-11-25',
  '2099-01-01',
  [],
  [1],
  {},
  { x: 1 },
  { a: {} },
];
const HEADERS = [
  undefined,
  '',
  ' ',
  'x',
  TEST_REVISION,
  '2025-11-25',
  '2099-01-01',
  'tools/list',
  'tools/call',
  ' tools/call\t',
  '=?base64?eA==?=',
  '=?base64??=',
];

/** Each message with one place of its body changed, and with one header changed. */
const generateVariants = function* (seed: TestRequest): Generator<TestRequest> {
  for (const path of listPaths(seed.body))
    for (const by of VALUES) {
      const body = replaceAt(seed.body, path, by);
      // On batches the two differ by design.
      if (!Array.isArray(body)) yield { ...seed, text: JSON.stringify(body) ?? '' };
    }
  for (const header of ['mcp-protocol-version', 'mcp-method', 'mcp-name'])
    for (const value of HEADERS) yield { ...seed, headers: { ...seed.headers, [header]: value } };
};

test.each(seeds)('the SDK agrees on status and code, whatever part is broken: $body', async (seed) => {
  let count = 0;
  for (const sent of generateVariants(seed)) {
    const got = await frontDoor.send(sent);
    const ours = { status: got.status, code: got.json?.error?.code, isError: got.json?.result?.isError === true };
    expect({ sent, ...ours }).toEqual({ sent, ...refuseUnaskedResponse(sent, await judgeBySdk(sent)) });
    count += 1;
  }
  expect(count).toBeGreaterThan(100);
  expect(frontDoor.written).toEqual([]);
});

interface SdkVerdict {
  readonly status: number;
  readonly code: number | undefined;
  readonly isError: boolean;
}

/** Without a session the SDK does not record what it asked: it accepts a response to anything. */
function refuseUnaskedResponse({ text, body }: TestRequest, theirs: SdkVerdict): SdkVerdict {
  const isResponse = theirs.status === 202 && !(text ?? JSON.stringify(body)).includes('"method"');
  return isResponse ? { status: 400, code: -32600, isError: false } : theirs;
}

async function judgeBySdk(sent: TestRequest): Promise<SdkVerdict> {
  const { headers = {}, body } = buildApiEvent(sent);
  const response = await sdk.fetch(
    new Request('https://example.com/mcp', {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: body ?? '',
    }),
  );
  const text = await response.text();
  const json = JSON.parse(text.replace(/^[\s\S]*data: /, '') || '{}');
  return { status: response.status, code: json.error?.code, isError: json.result?.isError === true };
}
