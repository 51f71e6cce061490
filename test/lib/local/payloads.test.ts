/** Large arguments, steps, questions, answers and results through the whole stack, which has the limits of AWS. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { ENGINE_DEFAULTS } from '../../../lambda/engine/settings.ts';
import { sendRpc } from '../../support/rpc.ts';
import { useTestStack } from '../../support/stack.ts';
import { buildResultOfSize, ESCAPED_TEXT, hashText } from './fixtures/payload-server.ts';

/** Only a hang takes that long (ms); nothing is measured. */
const WAIT_TIMEOUT_MS = 600_000;
const { responseBytes } = ENGINE_DEFAULTS;
const getStack = useTestStack({
  server: fileURLToPath(new URL('./fixtures/payload-server.ts', import.meta.url)),
  workers: 1,
});

async function startPayloadTask(name: string, args: object): Promise<string> {
  const { status, json } = await sendRpc(getStack().url, 'tools/call', { name, arguments: args });
  expect(status, JSON.stringify(json)?.slice(0, 500)).toBe(200);
  return json.result.taskId;
}

const waitForStatus = (taskId: string, expected: string) =>
  vi.waitFor(
    async () => {
      const { status, json } = await sendRpc(getStack().url, 'tasks/get', { taskId });
      expect([status, json?.result?.status]).toEqual([200, expected]);
      return json.result;
    },
    { timeout: WAIT_TIMEOUT_MS, interval: 200 },
  );

const runToResult = async (name: string, args: object) =>
  (await waitForStatus(await startPayloadTask(name, args), 'completed')).result;

describe('arguments', () => {
  test.each([300_000, 1_000_000])('of %i bytes reach the tool', async (bytes) => {
    const text = 'ä'.repeat(bytes / 2);
    const { content } = await runToResult('digest', { text });
    expect(content).toEqual([{ type: 'text', text: hashText(text) }]);
  });

  test('over the limit of a request are refused before there is a task', async () => {
    const { status } = await sendRpc(getStack().url, 'tools/call', {
      name: 'digest',
      arguments: { text: 'x'.repeat(1_048_576) },
    });
    expect(status).toBe(413);
  });
});

test('a step, a question and an answer that are too large for a row come back as they were', async () => {
  const taskId = await startPayloadTask('carry', {});
  const { inputRequests } = await waitForStatus(taskId, 'input_required');
  expect(inputRequests.much.params.message).toBe(ESCAPED_TEXT.repeat(10_000));
  // Far larger than a row allows, and smaller than an answer may be.
  const text = ESCAPED_TEXT.repeat(8_000);
  const inputResponses = { much: { action: 'accept', content: { text } } };
  const updated = await sendRpc(getStack().url, 'tasks/update', { taskId, inputResponses } as never);
  expect(updated).toMatchObject({ status: 200, json: { result: { resultType: 'complete' } } });
  const { result } = await waitForStatus(taskId, 'completed');
  expect(result.content).toEqual([
    { type: 'text', text: `${hashText(ESCAPED_TEXT.repeat(50_000))} ${hashText(text)}` },
  ]);
});

describe('a result', () => {
  test('is delivered whole up to the last byte that a reply holds', async () => {
    const { content } = await runToResult('produce', { bytes: responseBytes });
    expect(content).toEqual(buildResultOfSize(responseBytes).content);
  });

  test.each([
    ['one byte more', responseBytes + 1],
    ['20 MB', 20_000_000],
  ])('of %s is a link to the whole result', async (_, bytes) => {
    const [expected] = buildResultOfSize(bytes).content;
    const { content, isError } = await runToResult('produce', { bytes });
    expect(isError).toBeUndefined();
    const size = Buffer.byteLength(expected?.text ?? '');
    expect(content).toEqual([expect.objectContaining({ type: 'resource_link', mimeType: 'text/plain', size })]);
    expect(readFileSync(new URL(content[0].uri), 'utf8')).toBe(expected?.text);
  });

  test('keeps its structured content when only its text does not fit as well', async () => {
    const { structuredContent, content } = await runToResult('structured', { bytes: 4_000_000 });
    expect(structuredContent.rows[0]).toHaveLength(4_000_000);
    expect(content).toEqual([expect.objectContaining({ type: 'resource_link' })]);
    expect(JSON.parse(readFileSync(new URL(content[0].uri), 'utf8'))).toEqual(structuredContent);
  });

  test('whose structured content does not fit is a tool error with a link to the whole result', async () => {
    const { structuredContent, content, isError } = await runToResult('structured', { bytes: 7_000_000 });
    expect([structuredContent, isError]).toEqual([undefined, true]);
    expect(content[0].text).toContain('The structured content of this result is too large for one response');
    const file = JSON.parse(readFileSync(new URL(content[1].uri), 'utf8'));
    expect(file.structuredContent.rows[0]).toHaveLength(7_000_000);
  });
});

describe('a result of a call that runs inline', () => {
  const call = { name: 'produce_inline', arguments: { bytes: responseBytes + 1 } };
  const expected = buildResultOfSize(responseBytes + 1).content[0]?.text;

  test('is a link, too, when it does not fit its reply', async () => {
    const { status, json } = await sendRpc(getStack().url, 'tools/call', call);
    expect(status).toBe(200);
    const [link] = json.result.content;
    expect(link.type).toBe('resource_link');
    expect(readFileSync(new URL(link.uri), 'utf8')).toBe(expected);
  });

  test('is a link for a client of 2025-11-25, too', async () => {
    const response = await fetch(getStack().url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call }),
    });
    expect(response.status).toBe(200);
    const text = await response.text();
    const uri = /"uri":"(file:[^"]+)"/.exec(text)?.[1] ?? text.slice(0, 500);
    expect(readFileSync(new URL(uri), 'utf8')).toBe(expected);
  });
});
