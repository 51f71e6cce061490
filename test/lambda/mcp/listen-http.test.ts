import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { buildFetchInit } from '../../support/requests.ts';
import { sendRpc } from '../../support/rpc.ts';
import { useTestStack } from '../../support/stack.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
type AnyMessage = any;

describe('subscriptions/listen over HTTP', () => {
  const stack = useTestStack({ server: fileURLToPath(new URL('../../support/servers/clients.ts', import.meta.url)) });
  const streamingUrl = () => stack().streamingUrl ?? '';

  const start = async (name: string, args: object = {}): Promise<string> =>
    (await sendRpc(stack().url, 'tools/call', { name, arguments: args })).json.result.taskId;

  /** The messages of a subscription, as they come. */
  async function* listen(url: string, taskIds: string[]): AsyncGenerator<AnyMessage> {
    const init = buildFetchInit('subscriptions/listen', { notifications: { taskIds } }, { id: 7 });
    const response = await fetch(url, init);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    let buffered = '';
    for await (const chunk of (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
      buffered += chunk;
      const events = buffered.split('\n\n');
      buffered = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data) yield JSON.parse(data);
      }
    }
  }

  async function all(messages: AsyncIterable<AnyMessage>): Promise<AnyMessage[]> {
    const seen: AnyMessage[] = [];
    for await (const message of messages) seen.push(message);
    return seen;
  }

  test('the streaming endpoint reports a cancel as it happens, and then ends', async () => {
    const id = await start('wait');
    const seen: AnyMessage[] = [];
    for await (const message of listen(streamingUrl(), [id, 'unknown'])) {
      seen.push(message);
      // Only once the stream has shown the task as working: later changes were not there when it began.
      if (message.params?.status === 'working' && seen.length === 2)
        await sendRpc(stack().url, 'tasks/cancel', { taskId: id });
    }
    expect(seen[0]).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { taskIds: [id] } },
    });
    expect(seen.at(-2)).toMatchObject({
      method: 'notifications/tasks',
      params: { taskId: id, status: 'cancelled', _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } },
    });
    expect(seen.at(-1)).toMatchObject({ id: 7, result: { resultType: 'complete' } });
  });

  test('a result is sent whole, without a request for it', async () => {
    const id = await start('add', { a: 2, b: 3 });
    const seen: AnyMessage[] = await all(listen(streamingUrl(), [id]));
    expect(seen.at(-2).params).toMatchObject({
      taskId: id,
      status: 'completed',
      result: { structuredContent: { sum: 5 } },
    });
  });

  test('the buffered endpoint promises nothing and ends at once', async () => {
    const id = await start('wait');
    const seen: AnyMessage[] = await all(listen(stack().url, [id]));
    expect(seen).toMatchObject([{ params: { notifications: {} } }, { id: 7, result: { resultType: 'complete' } }]);
    await sendRpc(stack().url, 'tasks/cancel', { taskId: id });
  });

  test.each(['url', 'streamingUrl'] as const)(
    'the official client’s own listen() ends gracefully (%s)',
    async (where) => {
      const client = new Client({ name: 'listens', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      await client.connect(new StreamableHTTPClientTransport(new URL(stack()[where] ?? '')));
      const subscription = await client.listen({ toolsListChanged: true });
      expect(subscription.honoredFilter).toEqual({});
      expect(await subscription.closed).toBe('graceful');
      await client.close();
    },
  );

  test('the streaming endpoint answers everything else as the main one does', async () => {
    expect((await sendRpc(streamingUrl(), 'tools/list')).json.result.tools).toEqual(
      (await sendRpc(stack().url, 'tools/list')).json.result.tools,
    );
    const { status, json } = await sendRpc(streamingUrl(), 'tasks/get', { taskId: 'unknown' });
    expect({ status, code: json.error.code }).toEqual({ status: 200, code: -32602 });
    const got = await fetch(streamingUrl());
    expect(got.status).toBe(405);
  });
});
