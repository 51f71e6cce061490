/** The promises to clients without tasks, tested with both official SDKs. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, expect, test } from 'vitest';

const PLAIN_CLIENT_INFO = { name: 'plain', version: '1.0.0' };
const FORM_CAPABILITIES = { elicitation: { form: {} } };
const acceptForm = async () => ({ action: 'accept' as const, content: { name: 'Ada' } });

/** The methods that these tests need of a client: both SDKs have them, with different types. */
interface PlainClient {
  callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<unknown>;
  listTools(): Promise<{ tools: { name: string; outputSchema?: unknown }[] }>;
  getPrompt(params: { name: string; arguments: Record<string, string> }): Promise<{ messages: unknown[] }>;
  readResource(params: { uri: string }): Promise<{ contents: unknown[] }>;
  close(): Promise<void>;
}

type NegotiationMode = 'legacy' | 'auto' | { pin: string };

async function connectClient2x(url: URL, mode: NegotiationMode, asks: boolean): Promise<PlainClient> {
  const client = new Client(PLAIN_CLIENT_INFO, {
    capabilities: asks ? FORM_CAPABILITIES : {},
    versionNegotiation: { mode },
  });
  if (asks) client.setRequestHandler('elicitation/create', acceptForm);
  await client.connect(new StreamableHTTPClientTransport(url));
  return client as unknown as PlainClient;
}

async function connectClient1x(url: URL, asks: boolean): Promise<PlainClient> {
  const client = new Client1(PLAIN_CLIENT_INFO, { capabilities: asks ? FORM_CAPABILITIES : {} });
  if (asks) client.setRequestHandler(ElicitRequestSchema, acceptForm);
  await client.connect(new Transport1(url) as never);
  return client as unknown as PlainClient;
}

const CLIENTS: Record<string, (url: URL, asks: boolean) => Promise<PlainClient>> = {
  'client 2.4, legacy': (url, asks) => connectClient2x(url, 'legacy', asks),
  'client 2.4, auto': (url, asks) => connectClient2x(url, 'auto', asks),
  'client 2.4, pinned to 2026-07-28': (url, asks) => connectClient2x(url, { pin: '2026-07-28' }, asks),
  'sdk 1.32': connectClient1x,
};

// biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
type AnyCallResult = any;

const readText = (result: AnyCallResult): string => result.content?.[0]?.text ?? '';
const parseTaskArguments = (result: AnyCallResult) =>
  JSON.parse(/\{"task_id":"[^"]+"\}/.exec(readText(result))?.[0] ?? '{}');

/** @param url where `test/clients/plain-server.ts` is served */
export function testPlainClients(url: () => string): void {
  describe.each(Object.entries(CLIENTS))('%s', (_, connect) => {
    const openClients: PlainClient[] = [];

    afterEach(async () => {
      await Promise.all(openClients.splice(0).map((client) => client.close()));
    });

    const openClient = async (asks = false) => {
      const client = await connect(new URL(url()), asks);
      openClients.push(client);
      return {
        client,
        call: (name: string, args: Record<string, unknown> = {}): Promise<AnyCallResult> =>
          client.callTool({ name, arguments: args }),
      };
    };

    test('gets one list of tools, including those that follow a task', async () => {
      const { client } = await openClient();
      const { tools } = await client.listTools();
      const names = tools.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['add', 'report', 'ordinary', 'get_task_result', 'cancel_task']));
      expect(new Set(names).size).toBe(names.length);
    });

    test('gets the result of a tool that runs inline', async () => {
      const { client, call } = await openClient();
      await client.listTools();
      expect((await call('add', { a: 2, b: 3 })).structuredContent).toEqual({ sum: 5 });
    });

    test('is handed off, and follows the task to its result', async () => {
      const { client, call } = await openClient();
      // The client validates results against the schemas that it received.
      await client.listTools();
      const handOff = await call('report', { a: 2, b: 3 });
      expect(readText(handOff)).toContain('get_task_result');
      expect((await call('get_task_result', parseTaskArguments(handOff))).structuredContent).toEqual({ sum: 5 });
    });

    test('gets a quick result in the call itself', async () => {
      const { call } = await openClient();
      expect(readText(await call('quick'))).toBe('done once');
    });

    test('cancels a task that it was handed off', async () => {
      const { call } = await openClient();
      const task = parseTaskArguments(await call('endless'));
      expect(readText(await call('cancel_task', task))).toContain('is cancelled');
      expect(await call('get_task_result', task)).toMatchObject({ isError: true });
    });

    test('answers the questions of a tool that runs inline', async () => {
      const { call } = await openClient(true);
      expect(readText(await call('order'))).toBe('For Ada.');
    });

    test('answers the questions of a task that it follows', async () => {
      const { call } = await openClient(true);
      const handOff = await call('order_later');
      expect(readText(await call('get_task_result', parseTaskArguments(handOff)))).toBe('Later for Ada.');
    });

    test('answers an ordinary tool that returns inputRequired(…)', async () => {
      const { call } = await openClient(true);
      expect(readText(await call('ordinary_asks'))).toBe('You are Ada.');
    });

    test('is refused with a clear reason where it lacks a capability', async () => {
      const { call } = await openClient();
      const callRefused = async (name: string): Promise<string> =>
        call(name).then(
          (result) => (result.isError ? readText(result) : 'no refusal'),
          (error) => String(error.message),
        );
      expect(await callRefused('required')).toMatch(/io\.modelcontextprotocol\/tasks|only as a task/);
      expect(await callRefused('order')).toContain('elicitation');
      expect(await callRefused('ordinary_pushes')).toContain('defineTool');
    });

    test('uses ordinary tools, prompts and resources', async () => {
      const { client, call } = await openClient();
      expect(readText(await call('ordinary', { name: 'Ada' }))).toBe('Hello, Ada.');
      const { messages } = await client.getPrompt({ name: 'greeting', arguments: { name: 'Ada' } });
      expect(messages).toMatchObject([{ content: { text: 'Greet Ada.' } }]);
      const { contents } = await client.readResource({ uri: 'test://motto' });
      expect(contents).toMatchObject([{ text: 'Nothing is lost.' }]);
    });
  });
}
