import { classifyInboundRequest, createMcpHandler } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';
import { readHttpEvent } from '../../../lambda/http/event.ts';
import { frameMessage } from '../../../lambda/http/framing.ts';
import { dialect20260728 } from '../../../lambda/mcp/2026-07-28/index.ts';
import { buildServer } from '../../../lambda/mcp/sdk/build-server.ts';
import { createTestFrontDoor } from '../../support/front-door.ts';
import { buildApiEvent, type TestRequest } from '../../support/requests.ts';
import { BAD_INPUTS, type BadInput } from './bad-input/index.ts';
import definition from './bad-input/server.ts';

const door = createTestFrontDoor(definition);

describe('each bad input gets the status and code that the specification names, and nothing is written', () => {
  test.each(BAD_INPUTS)('$name', async ({ sent, status, code, toolError }) => {
    door.written.length = 0;
    const got = await door.send(sent);
    expect({ status: got.status, code: got.json?.error?.code }).toEqual({ status, code });
    if (toolError !== undefined) {
      expect(got.json.result).toMatchObject({ isError: true, resultType: 'complete' });
      expect(got.json.result.content[0].text).toContain(toolError);
    }
    expect(door.written).toEqual([]);
  });

  test('as they do in Base64, as API Gateway delivers what it takes for binary', async () => {
    for (const { name, sent, status, code } of BAD_INPUTS) {
      const got = await door.send({ ...sent, base64: true });
      expect({ name, status: got.status, code: got.json?.error?.code }).toEqual({ name, status, code });
    }
  });

  test('and the process goes on, with every prototype as it was', async () => {
    for (const { sent } of BAD_INPUTS) await door.send(sent);
    expect(Object.keys(Object.prototype)).toEqual([]);
    const made = await door.call('tools/call', { name: 'echo', arguments: { text: 'x' } });
    expect(made.json.result.resultType).toBe('task');
    expect(door.written).toEqual(['send', 'insert']);
  });

  test('what cannot be a task id is not looked for', async () => {
    door.calls.length = 0;
    for (const taskId of ['', 'x'.repeat(129), 'x'.repeat(100_000), 'a b', 'a/b', 'ä', '\u0000', 'task#x'])
      for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
        const name = `=?base64?${Buffer.from(taskId).toString('base64')}?=`;
        const got = await door.call(method, { taskId, inputResponses: {} }, { headers: { 'mcp-name': name } });
        expect(got.json.error).toEqual({ code: -32602, message: 'Task not found' });
      }
    expect(door.calls).toEqual([]);
  });

  test('each is a line in the log, without a word of what was sent', async () => {
    door.logged.length = 0;
    await door.call(
      'tools/call',
      { name: 'echo', arguments: 'SECRET' },
      { headers: { authorization: 'Bearer SECRET' } },
    );
    await door.call('SECRET method', {});
    await door.send({ text: '{"SECRET' });
    expect(door.logged.map(({ event, status, code, method }) => ({ event, status, code, method }))).toEqual([
      { event: 'request.refused', status: 200, code: -32602, method: 'tools/call' },
      { event: 'request.refused', status: 404, code: -32601, method: undefined },
      { event: 'request.refused', status: 400, code: -32700, method: undefined },
    ]);
    expect(JSON.stringify(door.logged)).not.toContain('SECRET');
  });
});

describe('the official SDK agrees', () => {
  const sdk = createMcpHandler((ctx) => buildServer(definition, ctx, { callTaskTool: async () => ({ content: [] }) }), {
    onerror: () => {},
  });
  const withVerdict = BAD_INPUTS.filter(({ sdkDiffers, sent }) => !sdkDiffers && sent.method !== 'OPTIONS');

  async function verdict(sent: TestRequest): Promise<{ status: number; code: number | undefined; isError: boolean }> {
    const { headers, body, method } = readHttpEvent(buildApiEvent(sent));
    // `Request` makes up a content type for text; bytes come without one.
    const request = new Request('https://example.com/mcp', {
      method,
      headers: [...headers],
      ...(method !== 'GET' && { body: Buffer.from(body) }),
    });
    const response = await sdk.fetch(request);
    const text = await response.text();
    const json = JSON.parse(text.replace(/^[\s\S]*data: /, '') || '{}');
    return { status: response.status, code: json.error?.code, isError: json.result?.isError === true };
  }

  test.each(withVerdict)('on status and code: $name', async ({ sent, status, code, toolError }) => {
    expect(await verdict(sent)).toEqual({ status, code, isError: toolError !== undefined });
  });

  test('and every row that says it differs does', async () => {
    for (const { name, sent, status, code, sdkDiffers, toolError } of BAD_INPUTS) {
      if (!sdkDiffers) continue;
      const theirs = await verdict(sent);
      expect({
        name,
        differs: theirs.status !== status || theirs.code !== code || theirs.isError !== (toolError !== undefined),
      }).toEqual({ name, differs: true });
    }
  });

  test.each(BAD_INPUTS.filter(isFramed))('on the era: $name', ({ sent }) => {
    const { headers, method, body } = readHttpEvent(buildApiEvent(sent));
    const theirs = classifyInboundRequest({
      httpMethod: method,
      protocolVersionHeader: headers.get('mcp-protocol-version'),
      mcpMethodHeader: headers.get('mcp-method'),
      mcpNameHeader: headers.get('mcp-name'),
      body: JSON.parse(body),
    } as never);
    const framed = frameMessage(JSON.parse(body));
    if (framed.kind !== 'request') return;
    let ours: string;
    try {
      ours = dialect20260728.claims(headers, framed.request) ? 'modern' : 'legacy';
    } catch {
      ours = 'reject';
    }
    // What the SDK refuses while it classifies is refused here a little later.
    expect(theirs.kind === 'reject' ? ours !== 'legacy' : ours === theirs.kind).toBe(true);
  });
});

function isFramed({ sent }: BadInput): boolean {
  if (sent.method) return false;
  try {
    return frameMessage(JSON.parse(readHttpEvent(buildApiEvent(sent)).body)).kind === 'request';
  } catch {
    return false;
  }
}
