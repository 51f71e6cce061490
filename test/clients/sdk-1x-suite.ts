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
import { afterEach, expect, test } from 'vitest';

type FormHandler = (message: string) => ElicitResult | Promise<ElicitResult>;

export interface Sdk1xOptions {
  /** What the person says to each form. Without it the client cannot be asked. */
  readonly answerForm?: FormHandler;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Connects the 1.x client; tells what went wrong on its transport. */
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
  // What it learns here it needs to know which tools are tasks.
  await client.listTools();
  return { client, transport, errors };
}

export const createSdk1xTask = async (
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
  task: { ttl?: number } = {},
): Promise<CreateTaskResult> =>
  client.request({ method: 'tools/call', params: { name, arguments: args } }, CreateTaskResultSchema, { task });

/** What `test/support/servers/clients.ts` is asked by the 1.x SDK's client, wherever it runs. */
export function testSdk1xClient(url: () => string): void {
  const opened: Client[] = [];

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((client) => client.close()));
  });

  const open = async (options: Sdk1xOptions = {}) => {
    const connected = await connectSdk1x(url(), options);
    opened.push(connected.client);
    return connected;
  };

  async function seen(client: Client, name: string, args: Record<string, unknown> = {}) {
    const messages = [];
    for await (const message of client.experimental.tasks.callToolStream(
      { name, arguments: args },
      CallToolResultSchema,
      { task: {} },
    ))
      messages.push(message);
    return messages;
  }

  test('is told of tasks, and carries a session id', async () => {
    const { client, transport } = await open();
    expect(client.getServerCapabilities()?.tasks).toMatchObject({ cancel: {}, requests: { tools: { call: {} } } });
    expect(transport.sessionId).toMatch(/^[\w-]{60,}$/);
    const { tools } = await client.listTools();
    const support = Object.fromEntries(tools.map(({ name, execution }) => [name, execution?.taskSupport]));
    expect(support).toMatchObject({ greet: 'forbidden', add: 'required', fail: 'optional' });
  });

  test('follows callToolStream from the creation of a task to its result', async () => {
    const { client, errors } = await open();
    const messages = await seen(client, 'add', { a: 2, b: 3 });
    expect(messages[0]).toMatchObject({ type: 'taskCreated', task: { status: 'working', ttl: expect.any(Number) } });
    expect(messages.slice(1, -1).every(({ type }) => type === 'taskStatus')).toBe(true);
    expect(messages.at(-1)).toMatchObject({ type: 'result', result: { structuredContent: { sum: 5 } } });
    expect(errors).toEqual([]);
  });

  test('is driven by hand: get, and a result that blocks until it is there', async () => {
    const { client, errors } = await open();
    const { task } = await createSdk1xTask(client, 'slow', { ms: 700 });
    const { tasks } = client.experimental;
    expect(await tasks.getTask(task.taskId)).toMatchObject({ taskId: task.taskId, status: 'working' });
    const result = await tasks.getTaskResult(task.taskId, CallToolResultSchema);
    expect(result).toMatchObject({
      content: [{ text: 'Slept for 700 ms.' }],
      _meta: { 'io.modelcontextprotocol/related-task': { taskId: task.taskId } },
    });
    expect(await tasks.getTask(task.taskId)).toMatchObject({ status: 'completed' });
    // Asked for again, it is there at once.
    expect(await tasks.getTaskResult(task.taskId, CallToolResultSchema)).toEqual(result);
    expect(errors).toEqual([]);
  });

  test('gets the lifetime it asks for within bounds, and is told the real one', async () => {
    const { client } = await open();
    const { task } = await createSdk1xTask(client, 'add', { a: 1, b: 1 }, { ttl: 60_000 });
    await client.experimental.tasks.getTaskResult(task.taskId, CallToolResultSchema);
    const { ttl, createdAt, lastUpdatedAt } = await client.experimental.tasks.getTask(task.taskId);
    expect(ttl).toBe(60_000 + Date.parse(lastUpdatedAt) - Date.parse(createdAt));
  });

  test('answers an elicitation within a task', async () => {
    const asked: string[] = [];
    const { client, errors } = await open({
      answerForm: (message) => {
        asked.push(message);
        return { action: 'accept', content: { name: 'Ada', pieces: 2, size: 'large', extras: ['milk'] } };
      },
    });
    const messages = await seen(client, 'order');
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
    const { client } = await open({
      answerForm: (message) => {
        asked.push(message);
        const content: ElicitResult['content'] = message === 'Who are you?' ? { name: 'Grace' } : { sure: true };
        return { action: 'accept', content };
      },
    });
    const messages = await seen(client, 'both');
    expect(messages.at(-1)).toMatchObject({ type: 'result', result: { content: [{ text: 'Grace is sure.' }] } });
    expect(asked.toSorted()).toEqual(['Are you sure?', 'Who are you?']);
  });

  test('takes its time to answer while its stream is resumed, and is not asked again', async () => {
    let asked = 0;
    const { client } = await open({
      answerForm: async () => {
        asked += 1;
        await new Promise((resolve) => setTimeout(resolve, 600));
        return { action: 'decline' };
      },
    });
    const messages = await seen(client, 'order');
    expect(messages.at(-1)).toMatchObject({ type: 'result', result: { structuredContent: { action: 'decline' } } });
    expect(asked).toBe(1);
  });

  test('is asked before a task exists, on the stream of the call', async () => {
    const { client } = await open({ answerForm: () => ({ action: 'accept', content: { name: 'Alan' } }) });
    const messages = await seen(client, 'prepared');
    expect(messages[0]).toMatchObject({ type: 'taskCreated' });
    expect(messages.at(-1)).toMatchObject({ type: 'result', result: { content: [{ text: 'Done for Alan.' }] } });
  });

  test('makes no task when the question before it is declined', async () => {
    const { client } = await open({ answerForm: () => ({ action: 'decline' }) });
    expect(await seen(client, 'prepared')).toMatchObject([
      { type: 'error', error: { code: -32602, message: expect.stringContaining('Not begun (decline).') } },
    ]);
  });

  test('cancels, on the server as well, and only once', async () => {
    const { client } = await open();
    const { task } = await createSdk1xTask(client, 'wait');
    const { tasks } = client.experimental;
    expect(await tasks.cancelTask(task.taskId)).toMatchObject({ taskId: task.taskId, status: 'cancelled' });
    expect(await tasks.getTask(task.taskId)).toMatchObject({ status: 'cancelled' });
    await expect(tasks.cancelTask(task.taskId)).rejects.toMatchObject({ code: -32602 });
  });

  test('that waits for a result is told when the task is cancelled, and does not come back for ever', async () => {
    const { client, transport } = await open();
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
    // Cancelled only once it waits on a stream: it has come back to one.
    await expect.poll(() => requests.some((id) => id?.startsWith('t.')), { timeout: 15_000 }).toBe(true);
    await tasks.cancelTask(task.taskId);
    await expect(result).rejects.toMatchObject({ code: -32602 });
    // It comes back once after the error, with the cursor of an outcome that was delivered, is told 405, and stops.
    await expect.poll(() => String(requests.at(-1)), { timeout: 15_000 }).toMatch(/^T\./);
    const made = requests.length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(requests).toHaveLength(made);
  });

  test('sees a tool error as a failed task, whose result says why', async () => {
    const { client } = await open();
    const messages = await seen(client, 'fail');
    expect(messages.at(-1)).toMatchObject({ type: 'error' });
    const failed = messages.find((message) => message.type === 'taskStatus' && message.task.status === 'failed');
    expect(failed).toMatchObject({ task: { statusMessage: 'The disk is full.' } });
    const { taskId } = (failed as { task: { taskId: string } }).task;
    expect(await client.experimental.tasks.getTaskResult(taskId, CallToolResultSchema)).toMatchObject({
      isError: true,
      content: [{ text: 'The disk is full.' }],
    });
  });

  test('sees a protocol error as one', async () => {
    const { client } = await open();
    const { task } = await createSdk1xTask(client, 'refuse');
    await expect(client.experimental.tasks.getTaskResult(task.taskId, CallToolResultSchema)).rejects.toMatchObject({
      code: -32050,
      data: { limit: 3 },
    });
  });

  test('is told at once what it cannot be asked', async () => {
    const { client } = await open();
    await expect(createSdk1xTask(client, 'order')).rejects.toMatchObject({
      code: -32602,
      data: { requiredCapabilities: { elicitation: { form: {} } } },
    });
  });

  test('hears of progress while it waits', async () => {
    const { client } = await open();
    const progress: Progress[] = [];
    const { task } = await client.request(
      { method: 'tools/call', params: { name: 'steps', arguments: {} } },
      CreateTaskResultSchema,
      { task: {}, onprogress: (told) => void progress.push(told) },
    );
    const result = await client.experimental.tasks.getTaskResult(task.taskId, CallToolResultSchema);
    expect(result).toMatchObject({ content: [{ text: 'Three steps.' }] });
    const numbers = progress.map((told) => told.progress);
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers).toEqual([...new Set(numbers)].toSorted());
    expect(progress.every(({ total, message }) => total === 3 && message !== undefined)).toBe(true);
  });

  test('ends its session, which costs nothing', async () => {
    const { transport } = await open();
    await transport.terminateSession();
  });
}
