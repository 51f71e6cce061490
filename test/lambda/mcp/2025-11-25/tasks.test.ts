import { describe, expect, test } from 'vitest';
import { systemIds } from '../../../../lambda/engine/system.ts';
import { buildTaskRow } from '../../../../lambda/tasks/writes/create.ts';
import { buildRequest } from '../../../support/requests.ts';
import { connectLegacyClient, createLegacyFrontDoor, RELATED_TASK_KEY } from './client.ts';
import definition from './server.ts';

const args = { a: 1, b: 2 };

describe('tasks/get', () => {
  test('shows the task, without related-task metadata', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('add', args);
    frontDoor.calls.length = 0;
    const { status, json } = await client.call('tasks/get', { taskId });
    expect(status).toBe(200);
    expect(Object.keys(json.result).sort()).toEqual(
      ['createdAt', 'lastUpdatedAt', 'pollInterval', 'status', 'taskId', 'ttl'].sort(),
    );
    expect(frontDoor.calls).toEqual(['read']);
    expect(frontDoor.loads.sdk).toBe(1);
  });

  test.each([
    ['add', args, { status: 'completed' }],
    ['fails', {}, { status: 'failed', statusMessage: 'The disk is full.' }],
    ['breaks', {}, { status: 'failed', statusMessage: 'Broken.' }],
    ['greets', {}, { status: 'input_required', statusMessage: 'Waiting for an answer: Who are you?' }],
  ])('%s ends with the status that this revision gives it', async (name, given, expected) => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start(name, given);
    await frontDoor.work();
    const { json } = await client.call('tasks/get', { taskId });
    expect(json.result).toMatchObject({ taskId, ...expected });
    expect(json.result).not.toHaveProperty('_meta');
    expect(json.result).not.toHaveProperty('inputRequests');
    expect(json.result).not.toHaveProperty('result');
  });

  test.each(['tasks/get', 'tasks/cancel', 'tasks/result'])(
    '%s gives the same error for unknown, foreign and impossible ids',
    async (method) => {
      const frontDoor = createLegacyFrontDoor(definition);
      const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
      const bob = await connectLegacyClient(frontDoor, { owner: 'bob' });
      const taskId = await ada.start('add', args);
      for (const id of [taskId, 'x', `${taskId}0`, '../x', 'a'.repeat(200)]) {
        const { status, json } = await bob.call(method, { taskId: id });
        expect({ status, error: json.error }).toEqual({
          status: 200,
          error: { code: -32602, message: 'Task not found' },
        });
      }
      expect((await bob.call(method, {})).json.error.code).toBe(-32602);
    },
  );

  test.each(['tasks/get', 'tasks/cancel', 'tasks/result', 'tasks/list'])(
    '%s is unknown to older revisions',
    async (method) => {
      const client = await connectLegacyClient(createLegacyFrontDoor(definition), {
        version: '2025-06-18',
        owner: 'ada',
      });
      expect((await client.call(method, { taskId: 'x' })).json.error.code).toBe(-32601);
    },
  );
});

describe('tasks/cancel', () => {
  test('shows the task in its new state', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const taskId = await client.start('add', args);
    const { json } = await client.call('tasks/cancel', { taskId });
    expect(json.result).toMatchObject({ taskId, status: 'cancelled' });
    expect(json.result).not.toHaveProperty('_meta');
  });

  test('of a task that has already ended is -32602, and changes nothing', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('fails');
    await frontDoor.work();
    const { status, json } = await client.call('tasks/cancel', { taskId });
    expect({ status, ...json.error }).toMatchObject({
      status: 200,
      code: -32602,
      message: expect.stringContaining('failed'),
    });
    expect((await client.call('tasks/get', { taskId })).json.result.status).toBe('failed');
  });
});

describe('tasks/list', () => {
  test('does not exist where callers cannot be told apart', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const { status, json } = await client.call('tasks/list');
    expect({ status, code: json.error.code }).toEqual({ status: 200, code: -32601 });
  });

  test('shows the caller’s own tasks of both revisions, newest first, page by page', async () => {
    const now = { at: 1_800_000_000_000 };
    const frontDoor = createLegacyFrontDoor(definition, { now: () => now.at });
    const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
    const bob = await connectLegacyClient(frontDoor, { owner: 'bob' });
    const ids: string[] = [];
    for (let n = 0; n < 120; n += 1) {
      now.at += 1;
      if (n % 2) {
        ids.unshift(await ada.start('add', args));
      } else {
        const { json } = await frontDoor.send({
          ...buildRequest('tools/call', { name: 'add', arguments: args }),
          owner: 'ada',
        });
        ids.unshift(json.result.taskId);
      }
      await bob.start('add', args);
    }
    frontDoor.calls.length = 0;
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | undefined; ; ) {
      const { json } = await ada.call('tasks/list', cursor === undefined ? {} : { cursor });
      expect(Object.keys(json.result).every((key) => key === 'tasks' || key === 'nextCursor')).toBe(true);
      sizes.push(json.result.tasks.length);
      seen.push(...json.result.tasks.map((task: { taskId: string }) => task.taskId));
      expect(json.result.tasks[0]).not.toHaveProperty('_meta');
      cursor = json.result.nextCursor;
      if (cursor === undefined) break;
    }
    expect(seen).toEqual(ids);
    expect(sizes).toEqual([50, 50, 20]);
    expect(frontDoor.calls).toEqual(['list', 'list', 'list']);
  });

  test('leaves out expired tasks', async () => {
    const now = { at: 1_800_000_000_000 };
    const frontDoor = createLegacyFrontDoor(definition, { now: () => now.at });
    const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
    await ada.start('add', args);
    now.at += 121_000;
    const left = await ada.start('add', args);
    const { json } = await ada.call('tasks/list');
    expect(json.result.tasks.map((task: { taskId: string }) => task.taskId)).toEqual([left]);
  });

  test.each([
    1,
    '',
    'x',
    'nonsense',
    Buffer.from('after:').toString('base64url'),
    Buffer.from('after:../x').toString('base64url'),
  ])('a cursor that is not one of ours (%j) is -32602', async (cursor) => {
    const frontDoor = createLegacyFrontDoor(definition);
    const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
    await ada.start('add', args);
    frontDoor.calls.length = 0;
    const { status, json } = await ada.call('tasks/list', { cursor });
    expect({ status, error: json.error }).toEqual({ status: 200, error: { code: -32602, message: 'Invalid cursor' } });
    expect(frontDoor.calls).toEqual([]);
  });

  test('another caller’s cursor only sets a position among one’s own tasks', async () => {
    const now = { at: 1_800_000_000_000 };
    const frontDoor = createLegacyFrontDoor(definition, { now: () => now.at });
    const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
    const bob = await connectLegacyClient(frontDoor, { owner: 'bob' });
    for (let n = 0; n < 51; n += 1) await ada.start('add', args);
    const { nextCursor } = (await ada.call('tasks/list')).json.result;
    expect(nextCursor).toEqual(expect.any(String));
    expect((await bob.call('tasks/list', { cursor: nextCursor })).json.result).toEqual({ tasks: [] });
  });
});

describe('one task, two revisions', () => {
  const poll = (taskId: string) => buildRequest('tasks/get', { taskId });

  test('a tool error is a failure here and a result there, whichever revision created the task', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const here = await client.start('fails');
    const there = (await frontDoor.send(buildRequest('tools/call', { name: 'fails', arguments: {} }))).json.result
      .taskId;
    await frontDoor.work();
    for (const taskId of [here, there]) {
      const old = (await client.call('tasks/get', { taskId })).json.result;
      expect(old).toMatchObject({ status: 'failed', statusMessage: 'The disk is full.' });
      const result = (await client.call('tasks/result', { taskId })).json.result;
      expect(result).toMatchObject({ isError: true, _meta: { [RELATED_TASK_KEY]: { taskId } } });
      const young = (await frontDoor.send(poll(taskId))).json.result;
      expect(young).toMatchObject({ status: 'completed', result: { isError: true } });
      expect(young).not.toHaveProperty('error');
    }
  });

  test('a question asked in one is answered in the other', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const forms = { capabilities: { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } } };
    const call = buildRequest('tools/call', { name: 'greets', arguments: {} }, forms);
    const there = (await frontDoor.send(call)).json.result.taskId;
    const here = await client.start('greets');
    await frontDoor.work();

    const asked = (await client.stream('tasks/result', { taskId: there })).messages[0];
    await client.post({ jsonrpc: '2.0', id: asked.id, result: { action: 'accept', content: { name: 'Ada' } } });
    const inputResponses = { who: { action: 'accept', content: { name: 'Bob' } } };
    expect((await frontDoor.send(buildRequest('tasks/get', { taskId: here }, forms))).json.result).toMatchObject({
      inputRequests: { who: { method: 'elicitation/create' } },
    });
    await frontDoor.send(buildRequest('tasks/update', { taskId: here, inputResponses }, forms));
    await frontDoor.work();

    expect((await frontDoor.send(poll(there))).json.result.result.content[0].text).toBe('Hello, Ada!');
    expect((await client.call('tasks/result', { taskId: here })).json.result.content[0].text).toBe('Hello, Bob!');
  });
});

test('a cursor that points between tasks continues with the next older one', async () => {
  const now = 1_800_000_000_000;
  const frontDoor = createLegacyFrontDoor(definition, { now: () => now });
  const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
  const base = {
    nonce: 'n',
    now,
    tool: 'add',
    arguments: '{}',
    era: '2025-11-25' as const,
    capabilities: {},
    cleansUp: false,
    lifetimeMs: 1_000,
    retentionMs: 1_000,
    poll: { min: 1, max: 1 },
    maxFailures: 3,
  };
  const ids = [1, 2, 3].map((n) => systemIds.task(now + n));
  for (const id of ids) await frontDoor.store.insert(buildTaskRow({ ...base, key: { partition: 'owner#ada', id } }));
  const cursor = Buffer.from(`after:${systemIds.task(now + 3).slice(0, 10)}`).toString('base64url');
  const { json } = await ada.call('tasks/list', { cursor });
  expect(json.result.tasks.map((task: { taskId: string }) => task.taskId)).toEqual([ids[1], ids[0]]);
});
