/** Two validators look at each request, ours and the official SDK's: whatever is sent, they must agree. */
import { createMcpHandler } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { META } from '../../../lambda/mcp/rpc.ts';
import { buildServer } from '../../../lambda/mcp/sdk/build-server.ts';
import definition from './bad-input/server.ts';
import { openDoor } from '../../support/front-door.ts';
import { eventOf, modern, type Sent, VERSION } from '../../support/requests.ts';

const door = openDoor(definition);
const sdk = createMcpHandler((ctx) => buildServer(definition, ctx, { callInPlace: async () => ({ content: [] }) }), {
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
const meta = { [META.clientInfo]: clientInfo, [META.logLevel]: 'info', progressToken: 1 };

/** Valid messages of many kinds, to be broken somewhere. */
const seeds: readonly Sent[] = [
  // Answered here, so that nothing but our own checks stands between the message and its answer.
  modern('tasks/list', {}, { capabilities, meta }),
  modern('tools/call', { name: 'echo', arguments: { text: 'x' } }, { capabilities, meta }),
  modern('tools/list', {}, { capabilities, meta }),
  modern('tools/call', { name: 'unknown', arguments: {} }, { capabilities, meta }),
  modern('initialize', {}, { capabilities, meta }),
  modern('subscriptions/listen', { notifications: { toolsListChanged: true, resourceSubscriptions: ['x'] } }),
  {
    headers: { 'mcp-protocol-version': '2025-11-25' },
    body: { jsonrpc: '2.0', id: 'a', method: 'tools/list', params: { _meta: { progressToken: 'x' } } },
  },
  {
    headers: { 'mcp-protocol-version': VERSION },
    body: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
  },
  { headers: { 'mcp-protocol-version': '2025-11-25' }, body: { jsonrpc: '2.0', id: 1, result: { _meta: {} } } },
  { headers: {}, body: { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'm', data: {} } } },
];

/** Every place in a JSON value. */
function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([key, item]) => places(item, [...path, key]))];
}

/** The value with one place replaced, or left out where there is nothing to replace it with. */
function broken(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const entries = Object.entries(value as object).map(([name, item]) => [
    name,
    name === key ? broken(item, rest, by) : item,
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
  VERSION,
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
  VERSION,
  '2025-11-25',
  '2099-01-01',
  'tools/list',
  'tools/call',
  ' tools/call\t',
  '=?base64?eA==?=',
  '=?base64??=',
];

/** Each message with one place of its body changed, and with one header changed. */
const variants = function* (seed: Sent): Generator<Sent> {
  for (const path of places(seed.body))
    for (const by of VALUES) {
      const body = broken(seed.body, path, by);
      // Batches are where the two are meant to differ.
      if (!Array.isArray(body)) yield { ...seed, text: JSON.stringify(body) ?? '' };
    }
  for (const header of ['mcp-protocol-version', 'mcp-method', 'mcp-name'])
    for (const value of HEADERS) yield { ...seed, headers: { ...seed.headers, [header]: value } };
};

test.each(seeds)('on status and code, whatever part is broken: $body', async (seed) => {
  let count = 0;
  for (const sent of variants(seed)) {
    const got = await door.send(sent);
    const ours = { status: got.status, code: got.json?.error?.code, isError: got.json?.result?.isError === true };
    expect({ sent, ...ours }).toEqual({ sent, ...unlessUnasked(sent, await verdict(sent)) });
    count += 1;
  }
  expect(count).toBeGreaterThan(100);
  expect(door.written).toEqual([]);
});

interface Verdict {
  readonly status: number;
  readonly code: number | undefined;
  readonly isError: boolean;
}

/** The SDK keeps no account of what it asked without a session: it accepts a response to anything. */
function unlessUnasked({ text, body }: Sent, theirs: Verdict): Verdict {
  const isResponse = theirs.status === 202 && !(text ?? JSON.stringify(body)).includes('"method"');
  return isResponse ? { status: 400, code: -32600, isError: false } : theirs;
}

async function verdict(sent: Sent): Promise<Verdict> {
  const { headers = {}, body } = eventOf(sent);
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
