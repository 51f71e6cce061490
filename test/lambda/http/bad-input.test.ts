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

const frontDoor = createTestFrontDoor(definition);

describe('each bad input gets the status and code that the specification names, and nothing is written', () => {
  test.each(BAD_INPUTS)('$name', async ({ sent, status, code, toolError }) => {
    frontDoor.written.length = 0;
    const got = await frontDoor.send(sent);
    expect({ status: got.status, code: got.json?.error?.code }).toEqual({ status, code });
    if (toolError !== undefined) {
      expect(got.json.result).toMatchObject({ isError: true, resultType: 'complete' });
      expect(got.json.result.content[0].text).toContain(toolError);
    }
    expect(frontDoor.written).toEqual([]);
  });

  test('the same in Base64, in which API Gateway delivers binary bodies', async () => {
    for (const { name, sent, status, code } of BAD_INPUTS) {
      const got = await frontDoor.send({ ...sent, base64: true });
      expect({ name, status: got.status, code: got.json?.error?.code }).toEqual({ name, status, code });
    }
  });

  test('the process survives, with every prototype unchanged', async () => {
    for (const { sent } of BAD_INPUTS) await frontDoor.send(sent);
    expect(Object.keys(Object.prototype)).toEqual([]);
    const made = await frontDoor.call('tools/call', { name: 'echo', arguments: { text: 'x' } });
    expect(made.json.result.resultType).toBe('task');
    expect(frontDoor.written).toEqual(['send', 'insert']);
  });

  test('a text that cannot be a task id is not looked up', async () => {
    frontDoor.calls.length = 0;
    for (const taskId of ['', 'x'.repeat(129), 'x'.repeat(100_000), 'a b', 'a/b', 'ä', '\u0000', 'task#x'])
      for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
        const name = `=?base64?${Buffer.from(taskId).toString('base64')}?=`;
        const got = await frontDoor.call(method, { taskId, inputResponses: {} }, { headers: { 'mcp-name': name } });
        expect(got.json.error).toEqual({ code: -32602, message: 'Task not found' });
      }
    expect(frontDoor.calls).toEqual([]);
  });

  test('each is one log line, without any of the input', async () => {
    frontDoor.logged.length = 0;
    await frontDoor.call(
      'tools/call',
      { name: 'echo', arguments: 'SECRET' },
      { headers: { authorization: 'Bearer SECRET' } },
    );
    await frontDoor.call('SECRET method', {});
    await frontDoor.send({ text: '{"SECRET' });
    expect(frontDoor.logged.map(({ event, status, code, method }) => ({ event, status, code, method }))).toEqual([
      { event: 'request.refused', status: 200, code: -32602, method: 'tools/call' },
      { event: 'request.refused', status: 404, code: -32601, method: undefined },
      { event: 'request.refused', status: 400, code: -32700, method: undefined },
    ]);
    expect(JSON.stringify(frontDoor.logged)).not.toContain('SECRET');
  });
});

describe('the official SDK agrees', () => {
  const sdk = createMcpHandler((ctx) => buildServer(definition, ctx, { callTaskTool: async () => ({ content: [] }) }), {
    onerror: () => {},
  });
  const withVerdict = BAD_INPUTS.filter(({ sdkDiffers, sent }) => !sdkDiffers && sent.method !== 'OPTIONS');

  async function verdict(sent: TestRequest): Promise<{ status: number; code: number | undefined; isError: boolean }> {
    const { headers, body, method } = readHttpEvent(buildApiEvent(sent));
    // `Request` adds a content type to text, but not to bytes.
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

  test('every case that is marked as different is different', async () => {
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
    // What the SDK refuses while classifying is refused here slightly later.
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
