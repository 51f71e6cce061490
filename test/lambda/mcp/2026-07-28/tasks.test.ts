import { isCreateTaskResultV2, isDetailedTaskV2 } from '@modelcontextprotocol/ext-tasks/core/v2';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineServer, defineTool, ProtocolError, toolError } from '../../../../lambda/index.ts';
import { META_KEYS } from '../../../../lambda/mcp/rpc.ts';
import { createTestFrontDoor } from '../../../support/front-door.ts';
import { DECLARED_TASKS } from '../../../support/requests.ts';
import { toTextResult } from '../../../support/results.ts';

const form = z.object({ name: z.string() });
const info = { name: 'tasks', version: '1.0.0' };

const definition = defineServer({
  ...info,
  tools: [
    defineTool('echo', { inputSchema: z.object({ text: z.string() }) }, ({ text }) => toTextResult(text)),
    defineTool('fails', {}, () => toolError('it did not work')),
    defineTool('breaks', {}, () => {
      throw new ProtocolError(-31999, 'broken', { part: 'x' });
    }),
    defineTool('greets', {}, async (task) => {
      const answer = await task.elicit('name', { message: 'Who are you?', requestedSchema: form });
      return toTextResult(answer.action === 'accept' ? `Hello, ${answer.content.name}` : answer.action);
    }),
    defineTool('asks_all', {}, async (task) => {
      const [name, site, thought] = await Promise.all([
        task.elicit('name', { message: 'Who?', requestedSchema: form }),
        task.elicitUrl('site', { message: 'Sign in', url: 'https://example.com/sign-in' }),
        task.sample('thought', {
          messages: [{ role: 'user', content: { type: 'text', text: 'Think' } }],
          maxTokens: 5,
        }),
      ]);
      return toTextResult(JSON.stringify([name.action, site.action, thought.model]));
    }),
  ],
});

const FORM = { ...DECLARED_TASKS, elicitation: {} };
const ALL = { ...DECLARED_TASKS, elicitation: { form: {}, url: {} }, sampling: {} };

const createTaskThroughDoor = async (
  name: string,
  args: object,
  capabilities: Record<string, unknown> = DECLARED_TASKS,
  owner?: string,
) => {
  const frontDoor = createTestFrontDoor(definition);
  const made = await frontDoor.call('tools/call', { name, arguments: args }, { capabilities, ...(owner && { owner }) });
  const taskId: string = made.json.result.taskId;
  const poll = (declared = capabilities) =>
    frontDoor.call('tasks/get', { taskId }, { capabilities: declared, ...(owner && { owner }) });
  return { frontDoor, made, taskId, poll };
};

describe('creation', () => {
  test('returns a task that can be polled at once, for one message and one write', async () => {
    const { frontDoor, made, taskId, poll } = await createTaskThroughDoor('echo', { text: 'x' });
    expect(made.status).toBe(200);
    expect(made.json.result).toEqual({
      resultType: 'task',
      taskId,
      status: 'working',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      lastUpdatedAt: made.json.result.createdAt,
      ttlMs: 86_400_000,
      pollIntervalMs: 1_000,
      _meta: { [META_KEYS.serverInfo]: info },
    });
    expect(isCreateTaskResultV2(made.json.result)).toBe(true);
    expect(frontDoor.calls).toEqual(['send', 'insert']);
    expect((await poll()).json.result).toMatchObject({ status: 'working', resultType: 'complete' });
    expect(frontDoor.calls).toEqual(['send', 'insert', 'read']);
  });

  test('joins the trace of the call, if it has one', async () => {
    const frontDoor = createTestFrontDoor(definition);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const args = { name: 'echo', arguments: { text: 'x' } };
    await frontDoor.call('tools/call', args, { meta: { traceparent } });
    await frontDoor.call('tools/call', args, { headers: { traceparent } });
    await frontDoor.call('tools/call', args, { meta: { traceparent: 'anything else' } });
    // The call's trace, with a separate span for the task.
    const joined = expect.stringMatching(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
    expect(frontDoor.sent.map((wakeUp) => wakeUp.traceparent)).toEqual([joined, joined, undefined]);
  });

  test('the `task` member of an earlier revision is tolerated', async () => {
    const frontDoor = createTestFrontDoor(definition);
    const made = await frontDoor.call('tools/call', { name: 'echo', arguments: { text: 'x' }, task: { ttl: 5 } });
    expect(made.json.result).toMatchObject({ resultType: 'task', ttlMs: 86_400_000 });
  });
});

describe('tasks/get', () => {
  test('completed: the embedded result has its own type and names no task', async () => {
    const { frontDoor, poll } = await createTaskThroughDoor('echo', { text: 'x' });
    await frontDoor.work();
    const { json } = await poll();
    expect(json.result).toMatchObject({
      status: 'completed',
      resultType: 'complete',
      result: { content: [{ type: 'text', text: 'x' }], resultType: 'complete' },
      _meta: { [META_KEYS.serverInfo]: info },
    });
    expect(json.result.result).not.toHaveProperty('_meta');
    expect(isDetailedTaskV2(json.result)).toBe(true);
  });

  test('a tool error is completed, with isError', async () => {
    const { frontDoor, poll } = await createTaskThroughDoor('fails', {});
    await frontDoor.work();
    expect((await poll()).json.result).toMatchObject({
      status: 'completed',
      result: { isError: true, content: [{ type: 'text', text: 'it did not work' }] },
    });
  });

  test('a protocol error is failed, with the error and its data', async () => {
    const { frontDoor, poll } = await createTaskThroughDoor('breaks', {});
    await frontDoor.work();
    const { json } = await poll();
    expect(json.result).toMatchObject({
      status: 'failed',
      error: { code: -31999, message: 'broken', data: { part: 'x' } },
    });
    expect(json.result).not.toHaveProperty('result');
    expect(isDetailedTaskV2(json.result)).toBe(true);
  });

  test('input_required: all outstanding questions, verbatim, and no others', async () => {
    const { frontDoor, poll, taskId } = await createTaskThroughDoor('asks_all', {}, ALL);
    await frontDoor.work();
    const { json } = await poll();
    expect(json.result.status).toBe('input_required');
    expect(Object.keys(json.result.inputRequests)).toEqual(['name', 'site', 'thought']);
    expect(json.result.inputRequests.site).toEqual({
      method: 'elicitation/create',
      params: { mode: 'url', message: 'Sign in', url: 'https://example.com/sign-in' },
    });
    expect(isDetailedTaskV2(json.result)).toBe(true);
    await frontDoor.call(
      'tasks/update',
      { taskId, inputResponses: { name: { action: 'decline' } } },
      { capabilities: ALL },
    );
    expect(Object.keys((await poll()).json.result.inputRequests)).toEqual(['site', 'thought']);
  });

  test('the capabilities of the poll itself count: missing ones are named, and no question is filtered out', async () => {
    const { frontDoor, poll } = await createTaskThroughDoor('asks_all', {}, ALL);
    await frontDoor.work();
    for (const [declared, requiredCapabilities] of [
      [DECLARED_TASKS, { elicitation: { form: {}, url: {} }, sampling: {} }],
      [
        { ...DECLARED_TASKS, elicitation: {} },
        { elicitation: { url: {} }, sampling: {} },
      ],
      [{ ...DECLARED_TASKS, elicitation: { url: {} }, sampling: {} }, { elicitation: { form: {} } }],
    ] as const) {
      const got = await poll(declared);
      expect({ status: got.status, error: got.json.error }).toMatchObject({
        status: 400,
        error: { code: -32021, data: { requiredCapabilities } },
      });
      expect(got.json.error.data.requiredCapabilities).toEqual(requiredCapabilities);
    }
    expect((await poll(ALL)).json.result.status).toBe('input_required');
  });

  test('a working task is shown to a client that cannot be asked', async () => {
    const { poll } = await createTaskThroughDoor('asks_all', {}, ALL);
    expect((await poll(DECLARED_TASKS)).json.result.status).toBe('working');
  });

  test('another caller’s task is indistinguishable from one that does not exist', async () => {
    const { frontDoor, taskId } = await createTaskThroughDoor('echo', { text: 'x' }, DECLARED_TASKS, 'alice');
    const answers = [];
    for (const [id, owner] of [
      [taskId, 'bob'],
      [taskId, undefined],
      [taskId.replace(/^./, '1'), 'alice'],
    ] as const)
      for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
        answers.push(
          (await frontDoor.call(method, { taskId: id, inputResponses: {} }, { ...(owner && { owner }) })).text,
        );
    expect(new Set(answers).size).toBe(1);
    expect(JSON.parse(answers[0] ?? '')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32602, message: 'Task not found' },
    });
    expect((await frontDoor.call('tasks/get', { taskId }, { owner: 'alice' })).json.result.status).toBe('working');
  });

  test('an expired task is indistinguishable from one that does not exist, to the millisecond', async () => {
    let now = 1_800_000_000_000;
    const frontDoor = createTestFrontDoor(definition, { now: () => now });
    const { taskId, ttlMs } = (await frontDoor.call('tools/call', { name: 'echo', arguments: { text: 'x' } })).json
      .result;
    now += ttlMs - 1;
    expect((await frontDoor.call('tasks/get', { taskId })).json.result.status).toBe('working');
    now += 1;
    expect((await frontDoor.call('tasks/get', { taskId })).json.error).toEqual({
      code: -32602,
      message: 'Task not found',
    });
  });
});

describe('tasks/update', () => {
  const answering = async (inputResponses: unknown) => {
    const at = await createTaskThroughDoor('greets', {}, FORM);
    await at.frontDoor.work();
    const got = await at.frontDoor.call('tasks/update', { taskId: at.taskId, inputResponses }, { capabilities: FORM });
    await at.frontDoor.work();
    return { ...at, got, task: (await at.poll()).json.result };
  };
  const acknowledgement = { resultType: 'complete', _meta: { [META_KEYS.serverInfo]: info } };

  test('an answer gets an empty acknowledgement, and the tool continues', async () => {
    const { got, task } = await answering({ name: { action: 'accept', content: { name: 'Ada' } } });
    expect(got.json.result).toEqual(acknowledgement);
    expect(task).toMatchObject({ status: 'completed', result: { content: [{ text: 'Hello, Ada' }] } });
  });

  test.each(['decline', 'cancel'])('%s is an answer', async (action) => {
    expect((await answering({ name: { action } })).task.result.content[0].text).toBe(action);
  });

  test('a JSON-RPC error in place of a result is an answer: the client refuses', async () => {
    expect((await answering({ name: { error: { code: -1, message: 'no' } } })).task.result.content[0].text).toBe(
      'cancel',
    );
  });

  test('unknown keys are acknowledged and ignored, whatever their name', async () => {
    const at = await createTaskThroughDoor('greets', {}, FORM);
    await at.frontDoor.work();
    const inputResponses = JSON.parse(
      '{"__proto__":{"action":"accept"},"constructor":{"action":"accept"},"other":{"x":1}}',
    );
    const got = await at.frontDoor.call('tasks/update', { taskId: at.taskId, inputResponses }, { capabilities: FORM });
    expect(got.json.result).toEqual(acknowledgement);
    expect((await at.poll()).json.result.status).toBe('input_required');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('after an invalid answer the question is asked again, under a new key and with the reason', async () => {
    const { task } = await answering({ name: { action: 'accept', content: { name: 5 } } });
    expect(task.status).toBe('input_required');
    const [[key, request]] = Object.entries<{ params: { message: string } }>(task.inputRequests) as [
      [string, { params: { message: string } }],
    ];
    expect(key).not.toBe('name');
    expect(request.params.message).toContain('expected string, received number');
  });

  test('an answer to a terminal task is acknowledged and changes nothing', async () => {
    const { frontDoor, taskId, poll, task } = await answering({ name: { action: 'decline' } });
    const got = await frontDoor.call(
      'tasks/update',
      { taskId, inputResponses: { name: { action: 'accept' } } },
      { capabilities: FORM },
    );
    expect(got.json.result).toEqual(acknowledgement);
    expect((await poll()).json.result).toEqual(task);
  });

  test.each([undefined, null, 5, [], 'x', { name: null }, { name: 'x' }, { name: [] }])(
    'malformed responses (%j) are refused and the question stays open',
    async (inputResponses) => {
      const { got, task } = await answering(inputResponses);
      expect({ status: got.status, code: got.json.error?.code }).toEqual({ status: 200, code: -32602 });
      expect(task.status).toBe('input_required');
    },
  );
});

describe('tasks/cancel', () => {
  test('ends the task and is acknowledged, also when repeated, for one write each', async () => {
    const { frontDoor, taskId, poll } = await createTaskThroughDoor('echo', { text: 'x' });
    frontDoor.calls.length = 0;
    for (let time = 0; time < 2; time += 1)
      expect((await frontDoor.call('tasks/cancel', { taskId })).json.result).toEqual({
        resultType: 'complete',
        _meta: { [META_KEYS.serverInfo]: info },
      });
    expect(frontDoor.calls).toEqual(['update', 'update']);
    const { json } = await poll();
    expect(json.result.status).toBe('cancelled');
    expect(isDetailedTaskV2(json.result)).toBe(true);
  });

  test('a completed task stays completed', async () => {
    const { frontDoor, taskId, poll } = await createTaskThroughDoor('echo', { text: 'x' });
    await frontDoor.work();
    expect((await frontDoor.call('tasks/cancel', { taskId })).json.result.resultType).toBe('complete');
    expect((await poll()).json.result.status).toBe('completed');
  });
});

describe('the declaration', () => {
  test.each(['tasks/get', 'tasks/update', 'tasks/cancel'])(
    '%s without it is refused before anything is read',
    async (method) => {
      const { frontDoor, taskId } = await createTaskThroughDoor('echo', { text: 'x' });
      frontDoor.calls.length = 0;
      const got = await frontDoor.call(
        method,
        { taskId, inputResponses: {} },
        { capabilities: { extensions: { other: {} } } },
      );
      expect(got.status).toBe(400);
      expect(got.json.error).toMatchObject({
        code: -32021,
        data: { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
      });
      expect(frontDoor.calls).toEqual([]);
    },
  );

  test('polls load neither the server module nor the SDK', async () => {
    const { frontDoor, taskId } = await createTaskThroughDoor('echo', { text: 'x' });
    frontDoor.loads.server = 0;
    for (const method of [
      'tasks/get',
      'tasks/update',
      'tasks/cancel',
      'tasks/list',
      'tasks/result',
      'subscriptions/listen',
    ])
      await frontDoor.call(method, { taskId, inputResponses: {}, notifications: {} });
    expect(frontDoor.loads).toEqual({ server: 0, sdk: 0 });
  });
});
