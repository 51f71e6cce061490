import { describe, expect, test } from 'vitest';
import { connectLegacyClient, createLegacyFrontDoor, LEGACY_FORM_CAPABILITIES, RELATED_TASK_KEY } from './client.ts';
import definition from './server.ts';

const args = { a: 1, b: 2 };

describe('tools/call as a task', () => {
  test('returns the task with its actual ttl, and what the model may read meanwhile', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const { status, json } = await client.call('tools/call', {
      name: 'add',
      arguments: args,
      task: { ttl: 5_000_000 },
    });
    expect(status).toBe(200);
    const { task } = json.result;
    expect(json.result).toEqual({
      task: {
        taskId: expect.any(String),
        status: 'working',
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        lastUpdatedAt: task.createdAt,
        ttl: 120_000,
        pollInterval: 200,
      },
      _meta: {
        'io.modelcontextprotocol/model-immediate-response': 'The sum is being computed.',
        [RELATED_TASK_KEY]: { taskId: task.taskId },
      },
    });
  });

  test.each([
    [undefined, 60_000],
    [null, 60_000],
    [10_000, 10_000],
    [0, 1],
    [10_000_000, 60_000],
  ])('a requested ttl of %s ms retains the outcome for %i', async (ttl, retentionMs) => {
    const start = 1_800_000_000_000;
    const frontDoor = createLegacyFrontDoor(definition, { now: () => start });
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('add', args, { task: { ...(ttl !== undefined && { ttl }) } });
    const [row] = await readAnonymousRows(frontDoor, taskId);
    expect(row).toMatchObject({ retentionMs });
    await frontDoor.work();
    const ended = (await client.call('tasks/get', { taskId })).json;
    // A retention of 1 ms is over before the task can be read.
    if (retentionMs > 1) expect(ended.result.ttl).toBe(retentionMs);
  });

  test.each([{ ttl: -1 }, { ttl: 1.5 }, { ttl: '1' }, 'yes', [], null])(
    '%j is not a valid "task": -32602',
    async (task) => {
      const frontDoor = createLegacyFrontDoor(definition);
      const client = await connectLegacyClient(frontDoor);
      const { status, json } = await client.call('tools/call', { name: 'add', arguments: args, task });
      expect({ status, code: json.error.code }).toEqual({ status: 200, code: -32602 });
      expect(frontDoor.written).toEqual([]);
    },
  );

  test.each(['forbidden', 'ordinary', 'unknown'])('a tool that cannot run as a task is -32601: %s', async (name) => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const { status, json } = await client.call('tools/call', { name, task: {} });
    expect({ status, code: json.error.code }).toEqual({ status: 200, code: -32601 });
    expect(frontDoor.written).toEqual([]);
  });

  test('a tool that must run as a task, called without one, is -32601 too', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const { status, json } = await client.call('tools/call', { name: 'required' });
    expect({ status, code: json.error.code }).toEqual({ status: 200, code: -32601 });
  });

  test('invalid arguments are -32602 as a task, and a tool error in a plain call', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const call = { name: 'add', arguments: { a: 'one', b: 2 } };
    const asTask = (await client.call('tools/call', { ...call, task: {} })).json;
    expect(asTask.error).toMatchObject({ code: -32602, message: expect.stringContaining('a: ') });
    const plain = (await client.call('tools/call', call)).json;
    expect(plain.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('a: ') }] });
    expect(frontDoor.written).toEqual([]);
  });

  test('a client that cannot be asked is refused before any work', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor, { capabilities: {} });
    const { status, json } = await client.call('tools/call', { name: 'greets', task: {} });
    expect({ status, ...json.error }).toMatchObject({
      status: 200,
      code: -32602,
      data: { requiredCapabilities: { elicitation: { form: {} } } },
    });
    expect(frontDoor.written).toEqual([]);
  });

  test.each(['2025-06-18', '2025-03-26'])('`task` is ignored in %s', async (version) => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor, { version });
    const { json } = await client.call('tools/call', { name: 'add', arguments: args, task: {} });
    expect(json.result).toMatchObject({ structuredContent: { sum: 3 } });
    expect(frontDoor.written).toEqual([]);
  });

  test('a request without a version is of the negotiated one', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const params = { name: 'add', arguments: args, task: {} };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    const withoutVersion = { 'mcp-protocol-version': undefined };
    const client = await connectLegacyClient(frontDoor);
    expect((await client.post(body, withoutVersion)).json.result).toHaveProperty('task');
    const older = await connectLegacyClient(frontDoor, { version: '2025-03-26' });
    expect((await older.post(body, withoutVersion)).json.result).toHaveProperty('structuredContent');
    expect((await client.post(body, { ...withoutVersion, 'mcp-session-id': undefined })).json.result).toHaveProperty(
      'structuredContent',
    );
  });

  test('an unknown version is HTTP 400', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const got = await client.post(
      { jsonrpc: '2.0', id: 1, method: 'tasks/get', params: { taskId: 'x' } },
      { 'mcp-protocol-version': '2025-01-01' },
    );
    expect(got.status).toBe(400);
  });

  test('only the row and its message are written', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    await client.start('add', args);
    expect(frontDoor.calls).toEqual(['send', 'insert']);
  });
});

describe('prepare, before the task exists', () => {
  const call = { name: 'prepared', arguments: {}, task: {} };
  const answerTo = (id: string, result: unknown) => ({ jsonrpc: '2.0', id, result });

  test('asks on a stream of the call, which then brings the task', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const asked = await client.stream('tools/call', call, 'prepare-1');
    expect(asked.messages).toMatchObject([{ method: 'elicitation/create', params: { message: 'For whom?' } }]);
    expect(asked.messages[0].params).not.toHaveProperty('_meta');
    expect((await client.resume(asked.lastEventId)).messages).toEqual([]);
    const answered = await client.post(answerTo(asked.messages[0].id, { action: 'accept', content: { name: 'Ada' } }));
    expect(answered.status).toBe(202);
    const begun = await client.resume(asked.lastEventId);
    expect(begun.messages).toEqual([
      { jsonrpc: '2.0', id: 'prepare-1', result: expect.objectContaining({ task: expect.anything() }) },
    ]);
    const { taskId } = begun.messages[0].result.task;
    expect((await client.resume(begun.lastEventId)).status).toBe(405);
    // A client that lost the answer gets the same task.
    expect((await client.resume(asked.lastEventId)).messages[0].result.task.taskId).toBe(taskId);
    await frontDoor.work();
    const { json } = await client.call('tasks/result', { taskId });
    expect(json.result).toMatchObject({ content: [{ text: 'Done for Ada.' }] });
  });

  test('creates no task when it refuses, and the error has the reason', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const asked = await client.stream('tools/call', call);
    await client.post(answerTo(asked.messages[0].id, { action: 'decline' }));
    const { messages } = await client.resume(asked.lastEventId);
    expect(messages).toEqual([{ jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'Not begun: decline.' } }]);
    expect(frontDoor.sent).toEqual([]);
  });

  test('that asks nothing gets the task at once', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition), {
      capabilities: LEGACY_FORM_CAPABILITIES,
    });
    const { json } = await client.call('tools/call', { ...call, arguments: { name: 'Bob' } });
    expect(json.result.task.status).toBe('working');
  });
});

const readAnonymousRows = async (frontDoor: ReturnType<typeof createLegacyFrontDoor>, id: string) => [
  await frontDoor.store.read({ partition: `task#${id}`, id }),
];
