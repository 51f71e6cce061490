/**
 * Two owners. Whatever one tries with the other's tasks is answered as if they did not exist: with the same status,
 * the same headers and the same body as for an unknown id, and nothing changes.
 */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { systemIds } from '../../../lambda/engine/system.ts';
import { defineServer, defineTool, toolError } from '../../../lambda/index.ts';
import { encodeStreamCursor } from '../../../lambda/mcp/2025-11-25/cursor.ts';
import { encodeQuestionId } from '../../../lambda/mcp/2025-11-25/question-id.ts';
import { IDEMPOTENCY_META } from '../../../lambda/mcp/call-meta.ts';
import { createTestFrontDoor, type TestReply } from '../../support/front-door.ts';
import { buildRequest, DECLARED_TASKS, type TestRequest } from '../../support/requests.ts';
import { toTextResult } from '../../support/results.ts';

const form = z.object({ sure: z.boolean() });

const definition = defineServer({
  name: 'tenancy',
  version: '1.0.0',
  tools: [
    defineTool('echo', { inputSchema: z.object({ words: z.string() }), withoutTasks: 'handOff' }, ({ words }) =>
      toTextResult(words),
    ),
    defineTool('fails', {}, () => toolError('it did not work')),
    defineTool('asks', {}, async (task) => {
      const answer = await task.elicit('sure', { message: 'A secret question', requestedSchema: form });
      return toTextResult(answer.action);
    }),
  ],
});

const ALL = { ...DECLARED_TASKS, elicitation: { form: {}, url: {} }, sampling: {} };
const ANNA = { owner: 'anna', client: 'app' };
const BERT = { owner: 'bert', client: 'app' };
const UNKNOWN = '01890000-0000-7000-8000-000000000000';

/** A request of 2025-11-25. */
const buildLegacyCall = (method: string, params: object = {}, headers: Record<string, string> = {}): TestRequest => ({
  headers: { 'mcp-protocol-version': '2025-11-25', ...headers },
  body: { jsonrpc: '2.0', id: 1, method, params },
});

/** Everything that takes a task's id, as a request. */
const probes: Record<string, (id: string) => TestRequest> = {
  'tasks/get': (taskId) => buildRequest('tasks/get', { taskId }, { capabilities: ALL }),
  'tasks/update': (taskId) =>
    buildRequest('tasks/update', { taskId, inputResponses: buildAcceptedInput('sure') }, { capabilities: ALL }),
  'tasks/cancel': (taskId) => buildRequest('tasks/cancel', { taskId }, { capabilities: ALL }),
  'subscriptions/listen': (taskId) =>
    buildRequest('subscriptions/listen', { notifications: { taskIds: [taskId] } }, { capabilities: ALL }),
  'tasks/get of 2025': (taskId) => buildLegacyCall('tasks/get', { taskId }),
  'tasks/result of 2025': (taskId) => buildLegacyCall('tasks/result', { taskId }),
  'tasks/cancel of 2025': (taskId) => buildLegacyCall('tasks/cancel', { taskId }),
  'a response of 2025': (id) => ({
    headers: { 'mcp-protocol-version': '2025-11-25' },
    body: {
      jsonrpc: '2.0',
      id: encodeQuestionId({ of: 'task', id, key: 'sure' }),
      result: { action: 'accept', content: { sure: true } },
    },
  }),
  'a stream of 2025': (id) => buildResumeRequest('task', id),
  'a call’s stream of 2025': (id) => buildResumeRequest('call', id),
};

const buildAcceptedInput = (key: string) => ({ [key]: { action: 'accept', content: { sure: true } } });

const buildResumeRequest = (of: 'task' | 'call', id: string): TestRequest => ({
  method: 'GET',
  headers: {
    'content-type': undefined,
    'mcp-protocol-version': '2025-11-25',
    'last-event-id': encodeStreamCursor({ of, id, request: 7, stream: 'stolen', sequence: 1, progress: -1, asked: [] }),
  },
});

/** The model tools repeat the id that they were given, so it is replaced in their replies. */
const followUps: Record<string, (id: string) => TestRequest> = Object.fromEntries(
  ['get_task_result', 'cancel_task'].map((name) => [
    name,
    (id: string) => buildRequest('tools/call', { name, arguments: { task_id: id } }, { capabilities: {} }),
  ]),
);

const toComparableReply = ({ status, headers, text: body }: TestReply, id: string) => ({
  status,
  headers,
  body: body.replaceAll(id, 'THE ID'),
});

type TenancyDoor = ReturnType<typeof createTestFrontDoor>;

/** One of Anna's tasks in each state. */
async function createTasksInEachState(door: TenancyDoor): Promise<Record<string, string>> {
  const start = async (name: string, args = {}) => {
    const made = await door.call('tools/call', { name, arguments: args }, { capabilities: ALL, ...ANNA });
    return made.json.result.taskId as string;
  };
  const completed = await start('echo', { words: 'a secret result' });
  const failed = await start('fails');
  const asking = await start('asks');
  const cancelled = await start('asks');
  await door.call('tasks/cancel', { taskId: cancelled }, { capabilities: ALL, ...ANNA });
  await door.work();
  const working = await start('echo', { words: 'later' });
  return { completed, failed, asking, cancelled, working };
}

const listRowsOfAnna = (door: TenancyDoor) => door.store.list('owner#anna', { limit: 100 });

describe('another owner', () => {
  const every = { ...probes, ...followUps };
  test.each(Object.keys(every))(
    '%s reveals nothing and changes nothing, whatever the state of the task',
    async (name) => {
      const door = createTestFrontDoor(definition);
      const probe = every[name] as (id: string) => TestRequest;
      const tasks = await createTasksInEachState(door);
      const before = await listRowsOfAnna(door);
      const unknown = toComparableReply(await door.send({ ...probe(UNKNOWN), ...BERT }), UNKNOWN);
      expect(unknown.body).not.toContain('secret');
      door.written.length = 0;
      for (const id of Object.values(tasks))
        expect(toComparableReply(await door.send({ ...probe(id), ...BERT }), id)).toEqual(unknown);
      expect(door.written).toEqual([]);
      expect(await listRowsOfAnna(door)).toEqual(before);
      // The owner gets another reply, so the above is not an accident.
      const owner = toComparableReply(
        await door.send({ ...probe(tasks.asking as string), ...ANNA }),
        tasks.asking as string,
      );
      const blind = ['subscriptions/listen', 'a call’s stream of 2025'].includes(name);
      if (!blind) expect(owner).not.toEqual(unknown);
    },
  );

  test.each(Object.keys(every))(
    '%s: to its owner, an expired task looks like one that does not exist',
    async (name) => {
      let now = Date.now();
      const door = createTestFrontDoor(definition, { now: () => now });
      const probe = every[name] as (id: string) => TestRequest;
      const tasks = await createTasksInEachState(door);
      now += 30 * 86_400_000;
      const unknown = toComparableReply(await door.send({ ...probe(UNKNOWN), ...ANNA }), UNKNOWN);
      for (const id of Object.values(tasks))
        expect(toComparableReply(await door.send({ ...probe(id), ...ANNA }), id)).toEqual(unknown);
    },
  );

  test('lists only their own tasks, even with another owner’s cursor', async () => {
    const door = createTestFrontDoor(definition);
    await createTasksInEachState(door);
    for (let task = 0; task < 60; task += 1)
      await door.call('tools/call', { name: 'echo', arguments: { words: 'x' } }, { capabilities: ALL, ...ANNA });
    const anna = await door.send({ ...buildLegacyCall('tasks/list'), ...ANNA });
    expect(anna.json.result.tasks).toHaveLength(50);
    const { nextCursor: cursor } = anna.json.result;
    expect((await door.send({ ...buildLegacyCall('tasks/list'), ...BERT })).json.result).toEqual({ tasks: [] });
    expect((await door.send({ ...buildLegacyCall('tasks/list', { cursor }), ...BERT })).json.result).toEqual({
      tasks: [],
    });
    const made = await door.call('tools/call', { name: 'fails', arguments: {} }, { capabilities: ALL, ...BERT });
    const listed = await door.send({ ...buildLegacyCall('tasks/list'), ...BERT });
    expect(listed.json.result.tasks.map(({ taskId }: { taskId: string }) => taskId)).toEqual([made.json.result.taskId]);
  });

  test('creates their own task with an idempotency key that another owner has used', async () => {
    const door = createTestFrontDoor(definition);
    const call = (who: typeof ANNA, words = 'x') =>
      door.call(
        'tools/call',
        { name: 'echo', arguments: { words } },
        { capabilities: ALL, meta: { [IDEMPOTENCY_META]: 'key' }, ...who },
      );
    const anna = await call(ANNA);
    const bert = await call(BERT, 'other arguments');
    expect(bert.json.result.taskId).not.toBe(anna.json.result.taskId);
    expect((await call(ANNA)).json.result.taskId).toBe(anna.json.result.taskId);
  });

  test.each([
    ['another owner', BERT],
    ['another client of the owner', { owner: 'anna', client: 'other' }],
  ])('%s cannot use sealed requestState, nor distinguish it from garbage', async (_, who) => {
    const door = createTestFrontDoor(definition);
    const call = (more: object, caller: typeof ANNA) =>
      door.call(
        'tools/call',
        { name: 'asks', arguments: {}, ...more },
        { capabilities: { elicitation: {} }, ...caller },
      );
    const asked = (await call({}, ANNA)).json.result;
    expect(asked.resultType).toBe('input_required');
    const retry = {
      requestState: asked.requestState,
      inputResponses: buildAcceptedInput(Object.keys(asked.inputRequests)[0] ?? ''),
    };
    const stolen = await call(retry, who);
    const garbage = await call({ ...retry, requestState: 'garbage' }, who);
    expect({ ...stolen, headers: {} }).toEqual({ ...garbage, headers: {} });
    expect(stolen.json.error.code).toBe(-32602);
    expect((await call(retry, ANNA)).json.result).toMatchObject({ content: [{ text: 'accept' }] });
  });

  test('cannot use a session id of 2025, nor distinguish it from garbage', async () => {
    const door = createTestFrontDoor(definition);
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: { elicitation: {} },
      clientInfo: { name: 'x', version: '1' },
    };
    const session =
      (await door.send({ ...buildLegacyCall('initialize', params), ...ANNA })).headers['mcp-session-id'] ?? '';
    expect(session.length).toBeGreaterThan(20);
    const call = (id: string, who: typeof ANNA) =>
      door.send({
        ...buildLegacyCall('tools/call', { name: 'asks', arguments: {} }, { 'mcp-session-id': id }),
        ...who,
      });
    const [stolen, garbage] = [await call(session, BERT), await call('garbage', BERT)];
    expect(stolen.status).toBe(404);
    expect(stolen).toEqual(garbage);
  });
});

describe('another client of the same owner', () => {
  const OTHER = { owner: 'anna', client: 'other' };
  const answers = ['tasks/update', 'a response of 2025'] as const;

  test('may follow and cancel a task', async () => {
    const door = createTestFrontDoor(definition);
    const { asking: taskId } = await createTasksInEachState(door);
    const got = await door.call('tasks/get', { taskId }, { capabilities: ALL, ...OTHER });
    expect(got.json.result).toMatchObject({ taskId, status: 'input_required' });
    expect((await door.call('tasks/cancel', { taskId }, { capabilities: ALL, ...OTHER })).json.result).toBeDefined();
    expect((await door.call('tasks/get', { taskId }, { capabilities: ALL, ...OTHER })).json.result.status).toBe(
      'cancelled',
    );
  });

  test.each(answers)('cannot answer its questions: %s is answered as if there were no such task', async (name) => {
    const door = createTestFrontDoor(definition);
    const probe = probes[name] as (id: string) => TestRequest;
    const tasks = await createTasksInEachState(door);
    const before = await listRowsOfAnna(door);
    const unknown = toComparableReply(await door.send({ ...probe(UNKNOWN), ...OTHER }), UNKNOWN);
    for (const who of [OTHER, { owner: 'anna' }])
      for (const id of Object.values(tasks))
        expect(toComparableReply(await door.send({ ...probe(id), ...who }), id)).toEqual(unknown);
    expect(await listRowsOfAnna(door)).toEqual(before);
  });

  test.each(answers)('but the client that created the task can: %s', async (name) => {
    const door = createTestFrontDoor(definition);
    const { asking = '' } = await createTasksInEachState(door);
    const key = Object.keys(
      (await door.call('tasks/get', { taskId: asking }, { capabilities: ALL, ...ANNA })).json.result.inputRequests,
    )[0];
    expect(key).toBe('sure');
    await door.send({ ...(probes[name] as (id: string) => TestRequest)(asking), ...ANNA });
    await door.work();
    const done = await door.call('tasks/get', { taskId: asking }, { capabilities: ALL, ...ANNA });
    expect(done.json.result).toMatchObject({ status: 'completed', result: { content: [{ text: 'accept' }] } });
  });
});

describe('on an anonymous server', () => {
  test('ids of one millisecond have nothing in common but the time', () => {
    const ids = Array.from({ length: 2_000 }, () => systemIds.task(1_800_000_000_000));
    const random = ids.map((id) => id.slice(10));
    expect(new Set(ids.map((id) => id.slice(0, 10))).size).toBe(1);
    expect(new Set(random).size).toBe(ids.length);
    // Five bits to a character, and every one of the 32 in each place.
    expect((random[0] ?? '').length * 5).toBeGreaterThanOrEqual(128);
    for (let at = 0; at < (random[0] ?? '').length; at += 1)
      expect(new Set(random.map((text) => text[at])).size).toBe(32);
  });

  test('a task is followed by its id, and nothing is listed', async () => {
    const door = createTestFrontDoor(definition);
    const made = await door.call('tools/call', { name: 'echo', arguments: { words: 'x' } }, { capabilities: ALL });
    const { taskId } = made.json.result;
    expect((await door.call('tasks/get', { taskId }, { capabilities: ALL })).json.result.taskId).toBe(taskId);
    expect((await door.send(buildLegacyCall('tasks/list'))).json.error.code).toBe(-32601);
    const { capabilities } = (await door.send(initialize())).json.result;
    expect(capabilities.tasks).toEqual({ cancel: {}, requests: { tools: { call: {} } } });
  });

  test('callers with an owner cannot find its tasks, nor can an anonymous caller find theirs', async () => {
    const door = createTestFrontDoor(definition);
    const make = async (who: object) =>
      (await door.call('tools/call', { name: 'echo', arguments: { words: 'x' } }, { capabilities: ALL, ...who })).json
        .result.taskId;
    const [open, owned] = [await make({}), await make(ANNA)];
    for (const [taskId, who] of [
      [open, ANNA],
      [owned, {}],
    ] as const)
      expect((await door.call('tasks/get', { taskId }, { capabilities: ALL, ...who })).json.error.code).toBe(-32602);
  });

  const initialize = () =>
    buildLegacyCall('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'x', version: '1' },
    });
});
