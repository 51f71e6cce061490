/** The promises to clients with tasks of 2025-11-25, tested with the 1.x SDK. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolResultSchema,
  type CreateTaskResult,
  CreateTaskResultSchema,
  ElicitRequestSchema,
  type ElicitResult,
  type Progress,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, expect, test } from 'vitest';

type FormHandler = (message: string) => ElicitResult | Promise<ElicitResult>;

export interface Sdk1xOptions {
  /** The user's answer to each form. Without it the client declares no elicitation. */
  readonly answerForm?: FormHandler;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Connects the 1.x client. `errors` collects the errors of its transport. */
export async function connectSdk1x(url: string, { answerForm, headers = {} }: Sdk1xOptions = {}) {
  const client = new Client(
    { name: 'sdk-1x', version: '1.0.0' },
    { capabilities: answerForm ? { elicitation: { form: {} } } : {} },
  );
  const errors: Error[] = [];
  client.onerror = (error) => errors.push(error);
  if (answerForm) client.setRequestHandler(ElicitRequestSchema, ({ params }) => answerForm(params.message));
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { ...headers } } });
  await client.connect(transport as Transport);
  // The client needs the list to know which tools create tasks.
  await client.listTools();
  return { client, transport, errors };
}

export async function createSdk1xTask(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
  task: { ttl?: number } = {},
): Promise<CreateTaskResult> {
  return client.request({ method: 'tools/call', params: { name, arguments: args } }, CreateTaskResultSchema, { task });
}

/** @param url where `test/support/servers/clients.ts` is served */
export function testSdk1xClient(url: () => string): void {
  const opened: Client[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'sdk-1x-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((client) => client.close()));
  });

  const openClient = async (options: Sdk1xOptions = {}) => {
    const connected = await connectSdk1x(url(), options);
    opened.push(connected.client);
    return connected;
  };

  async function collectMessages(client: Client, name: string, args: Record<string, unknown> = {}) {
    const messages = [];
    for await (const message of client.experimental.tasks.callToolStream(
      { name, arguments: args },
      CallToolResultSchema,
      { task: {} },
    ))
      messages.push(message);
    return messages;
  }

  test('learns that the server has tasks, and carries a session id', async () => {
    const { client, transport } = await openClient();
    expect(client.getServerCapabilities()?.tasks).toMatchObject({ cancel: {}, requests: { tools: { call: {} } } });
    expect(transport.sessionId).toMatch(/^[\w-]{60,}$/);
    const { tools } = await client.listTools();
    const support = Object.fromEntries(tools.map(({ name, execution }) => [name, execution?.taskSupport]));
    expect(support).toMatchObject({ greet: 'forbidden', add: 'required', fail: 'optional' });
  });

  test('follows callToolStream from the creation of a task to its result', async () => {
    const { client, errors } = await openClient();
    const messages = await collectMessages(client, 'add', { a: 2, b: 3 });
    expect(messages[0]).toMatchObject({ type: 'taskCreated', task: { status: 'working', ttl: expect.any(Number) } });
    expect(messages.slice(1, -1).every(({ type }) => type === 'taskStatus')).toBe(true);
    expect(messages.at(-1)).toMatchObject({ type: 'result', result: { structuredContent: { sum: 5 } } });
    expect(errors).toEqual([]);
  });

  test('gets a task by hand, and its result, which blocks until it is there', async () => {
    const { client, errors } = await openClient();
    const after = join(folder, 'waiting');
    const { task } = await createSdk1xTask(client, 'slow', { ms: 700, after });
    const { tasks } = client.experimental;
    expect(await tasks.getTask(task.taskId)).toMatchObject({ taskId: task.taskId, status: 'working' });
    const blocked = tasks.getTaskResult(task.taskId, CallToolResultSchema);
    writeFileSync(after, '');
    const result = await blocked;
    expect(result).toMatchObject({
      content: [{ text: 'Slept for 700 ms.' }],
      _meta: { 'io.modelcontextprotocol/related-task': { taskId: task.taskId } },
    });
    expect(await tasks.getTask(task.taskId)).toMatchObject({ status: 'completed' });
    // Requested again, it is there at once.
    expect(await tasks.getTaskResult(task.taskId, CallToolResultSchema)).toEqual(result);
    expect(errors).toEqual([]);
  });

  test('gets the lifetime it asks for within bounds, and learns the real one', async () => {
    const { client } = await openClient();
    const { task } = await createSdk1xTask(client, 'add', { a: 1, b: 1 }, { ttl: 60_000 });
    await client.experimental.tasks.getTaskResult(task.taskId, CallToolResultSchema);
    const { ttl, createdAt, lastUpdatedAt } = await client.experimental.tasks.getTask(task.taskId);
    expect(ttl).toBe(60_000 + Date.parse(lastUpdatedAt) - Date.parse(createdAt));
  });

  test('answers an elicitation within a task', async () => {
    const asked: string[] = [];
    const { client, errors } = await openClient({
      answerForm: (message) => {
        asked.push(message);
        return { action: 'accept', content: { name: 'Ada', pieces: 2, size: 'large', extras: ['milk'] } };
      },
    });
    const messages = await collectMessages(client, 'order');
    expect(messages.map(({ type }) => type)).toContain('taskStatus');
    expect(messages.some((message) => message.type === 'taskStatus' && message.task.status === 'input_required')).toBe(
      true,
    );
    expect(messages.at(-1)).toMatchObject({
      type: 'result',
      result: { structuredContent: { action: 'accept', content: { name: 'Ada', pieces: 2, size: 'large' } } },
    });
    expect(asked).toEqual(['What would you like?']);
    expect(errors).toEqual([]);
  });

  test('answers two elicitations at once, each asked once', async () => {
    const asked: string[] = [];
    const { client } = await openClient({
      answerForm: (message) => {
        asked.push(message);
        const content: ElicitResult['content'] = message === 'Who are you?' ? { name: 'Grace' } : { sure: true };
        return { action: 'accept', content };
      },
    });
    const messages = await collectMessages(client, 'both');
    expect(messages.at(-1)).toMatchObject({ type: 'result', result: { content: [{ text: 'Grace is sure.' }] } });
    expect(asked.toSorted()).toEqual(['Are you sure?', 'Who are you?']);
  });

  test('may take its time to answer while its stream is resumed, and is not asked again', async () => {
    let asked = 0;
    const { client } = await openClient({
      answerForm: async () => {
        asked += 1;
        await new Promise((resolve) => setTimeout(resolve, 600));
        return { action: 'decline' };
      },
    });
    const messages = await collectMessages(client, 'order');
    expect(messages.at(-1)).toMatchObject({ type: 'result', result: { structuredContent: { action: 'decline' } } });
    expect(asked).toBe(1);
  });

  test('is asked before a task exists, on the stream of the call', async () => {
    const { client } = await openClient({ answerForm: () => ({ action: 'accept', content: { name: 'Alan' } }) });
    const messages = await collectMessages(client, 'prepared');
    expect(messages[0]).toMatchObject({ type: 'taskCreated' });
    expect(messages.at(-1)).toMatchObject({ type: 'result', result: { content: [{ text: 'Done for Alan.' }] } });
  });

  test('creates no task when the question before it is declined', async () => {
    const { client } = await openClient({ answerForm: () => ({ action: 'decline' }) });
    expect(await collectMessages(client, 'prepared')).toMatchObject([
      { type: 'error', error: { code: -32602, message: expect.stringContaining('Not begun (decline).') } },
    ]);
  });

  test('cancels a task, on the server as well, and only once', async () => {
    const { client } = await openClient();
    const { task } = await createSdk1xTask(client, 'wait');
    const { tasks } = client.experimental;
    expect(await tasks.cancelTask(task.taskId)).toMatchObject({ taskId: task.taskId, status: 'cancelled' });
    expect(await tasks.getTask(task.taskId)).toMatchObject({ status: 'cancelled' });
    await expect(tasks.cancelTask(task.taskId)).rejects.toMatchObject({ code: -32602 });
  });

  test('learns of a cancel while it waits for a result, and does not reconnect for ever', async () => {
    const { client, transport } = await openClient();
    const { task } = await createSdk1xTask(client, 'wait');
    const { tasks } = client.experimental;
    const requests: (string | null)[] = [];
    const internals = transport as unknown as { _fetch: typeof fetch };
    internals._fetch = (input, init) => {
      requests.push(new Headers(init?.headers).get('last-event-id'));
      return fetch(input, init);
    };
    const result = tasks.getTaskResult(task.taskId, CallToolResultSchema);
    result.catch(() => {});
    // The task is cancelled only once the client waits on a stream: it has resumed one.
    await expect.poll(() => requests.some((id) => id?.startsWith('t.')), { timeout: 600_000 }).toBe(true);
    await tasks.cancelTask(task.taskId);
    await expect(result).rejects.toMatchObject({ code: -32602 });
    // It resumes once more after the error, with the cursor of a delivered outcome, gets 405, and stops.
    await expect.poll(() => String(requests.at(-1)), { timeout: 600_000 }).toMatch(/^T\./);
    const requestCount = requests.length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(requests).toHaveLength(requestCount);
  });

  test('sees a tool error as a failed task, whose result has the reason', async () => {
    const { client } = await openClient();
    const messages = await collectMessages(client, 'fail');
    expect(messages.at(-1)).toMatchObject({ type: 'error' });
    const failed = messages.find((message) => message.type === 'taskStatus' && message.task.status === 'failed');
    expect(failed).toMatchObject({ task: { statusMessage: 'The disk is full.' } });
    const { taskId } = (failed as { task: { taskId: string } }).task;
    expect(await client.experimental.tasks.getTaskResult(taskId, CallToolResultSchema)).toMatchObject({
      isError: true,
      content: [{ text: 'The disk is full.' }],
    });
  });

  test('sees a protocol error as a JSON-RPC error', async () => {
    const { client } = await openClient();
    const { task } = await createSdk1xTask(client, 'refuse');
    await expect(client.experimental.tasks.getTaskResult(task.taskId, CallToolResultSchema)).rejects.toMatchObject({
      code: -32050,
      data: { limit: 3 },
    });
  });

  test('is refused at once when the tool asks what the client cannot answer', async () => {
    const { client } = await openClient();
    await expect(createSdk1xTask(client, 'order')).rejects.toMatchObject({
      code: -32602,
      data: { requiredCapabilities: { elicitation: { form: {} } } },
    });
  });

  test('receives progress while it waits', async () => {
    const { client } = await openClient();
    const progress: Progress[] = [];
    const after = join(folder, 'progress');
    const onprogress = (update: Progress) => {
      progress.push(update);
      writeFileSync(after, '');
    };
    const { task } = await client.request(
      { method: 'tools/call', params: { name: 'steps', arguments: { after } } },
      CreateTaskResultSchema,
      { task: {}, onprogress },
    );
    const result = await client.experimental.tasks.getTaskResult(task.taskId, CallToolResultSchema);
    expect(result).toMatchObject({ content: [{ text: 'Three steps.' }] });
    const numbers = progress.map((update) => update.progress);
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers).toEqual([...new Set(numbers)].toSorted());
    expect(progress.every(({ total, message }) => total === 3 && message !== undefined)).toBe(true);
  });

  test('may end its session', async () => {
    const { transport } = await openClient();
    await transport.terminateSession();
  });
}
