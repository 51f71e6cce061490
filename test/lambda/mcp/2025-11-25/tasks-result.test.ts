import { describe, expect, test } from 'vitest';
import {
  connectLegacyClient,
  createLegacyFrontDoor,
  LEGACY_REVISION,
  type LegacyClient,
  RELATED_TASK_KEY,
} from './client.ts';
import definition from './server.ts';

const args = { a: 1, b: 2 };
const buildRelatedMeta = (taskId: string) => ({ [RELATED_TASK_KEY]: { taskId } });
const buildAcceptMessage = (id: string, name: string) => ({
  jsonrpc: '2.0',
  id,
  result: { action: 'accept', content: { name } },
});

/** A front door whose clock is set by the test. */
function createManualClockDoor() {
  const time = { at: 1_800_000_000_000 };
  return { time, frontDoor: createLegacyFrontDoor(definition, { now: () => time.at }) };
}

describe('tasks/result of a task that has ended', () => {
  test('is the result of the call, as JSON, related to the task', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('add', args);
    await frontDoor.work();
    frontDoor.calls.length = 0;
    const { status, headers, json } = await client.call('tasks/result', { taskId }, 7);
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json' });
    expect(json).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: {
        structuredContent: { sum: 3 },
        content: [{ type: 'text', text: '{"sum":3}' }],
        _meta: { 'example.com/kept': true, ...buildRelatedMeta(taskId) },
      },
    });
    expect(frontDoor.calls).toEqual(['read']);
  });

  test('is its JSON-RPC error', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('breaks');
    await frontDoor.work();
    const { status, json } = await client.call('tasks/result', { taskId });
    expect({ status, error: json.error }).toEqual({
      status: 200,
      error: { code: -32050, message: 'Broken.', data: { why: 'x' } },
    });
  });

  test('is an error when the task was cancelled', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const taskId = await client.start('add', args);
    await client.call('tasks/cancel', { taskId });
    const { json } = await client.call('tasks/result', { taskId });
    expect(json.error).toMatchObject({ code: -32602, message: expect.stringContaining('cancelled') });
  });
});

describe('the stream of a working task', () => {
  test('sends its position and when to come back, and ends at once: one read', async () => {
    const { time, frontDoor } = createManualClockDoor();
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('add', args);
    frontDoor.calls.length = 0;
    const stream = await client.stream('tasks/result', { taskId });
    expect(stream).toMatchObject({ status: 200, type: 'text/event-stream' });
    expect(stream.events).toEqual([{ id: expect.any(String), retry: 200 }]);
    expect(frontDoor.calls).toEqual(['read']);
    time.at += 40_000;
    const later = await client.resume(stream.lastEventId);
    expect(later.events).toEqual([{ id: expect.any(String), retry: 4_000 }]);
    expect(later.lastEventId).not.toBe(stream.lastEventId);
    expect(frontDoor.calls).toEqual(['read', 'read']);
  });

  test('brings the result of the request that opened it, after which there is nothing to resume', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('add', args);
    const { lastEventId } = await client.stream('tasks/result', { taskId }, 'the-request');
    await frontDoor.work();
    const ended = await client.resume(lastEventId);
    expect(ended.messages).toEqual([
      { jsonrpc: '2.0', id: 'the-request', result: expect.objectContaining({ structuredContent: { sum: 3 } }) },
    ]);
    expect(ended.messages[0].result._meta).toMatchObject(buildRelatedMeta(taskId));
    frontDoor.calls.length = 0;
    expect((await client.resume(ended.lastEventId)).status).toBe(405);
    expect(frontDoor.calls).toEqual([]);
    // A client that did not receive it may ask again.
    expect((await client.resume(lastEventId)).messages).toHaveLength(1);
  });

  test('brings an error with an id that ends it: a client that resumes after errors gets 405', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('breaks');
    const { lastEventId } = await client.stream('tasks/result', { taskId });
    await frontDoor.work();
    const ended = await client.resume(lastEventId);
    expect(ended.messages).toMatchObject([{ id: 1, error: { code: -32050 } }]);
    expect((await client.resume(ended.lastEventId)).status).toBe(405);
  });

  test('is resumed on another instance, which knows nothing of the first', async () => {
    const one = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(one);
    const taskId = await client.start('greets');
    await one.work();
    const { lastEventId } = await client.stream('tasks/result', { taskId });
    const other = createLegacyFrontDoor(definition);
    const row = await one.store.read({ partition: `task#${taskId}`, id: taskId });
    if (row) await other.store.insert(row);
    const sent = await other.send({ method: 'GET', headers: { ...client.headers, 'last-event-id': lastEventId } });
    expect(sent.status).toBe(200);
    expect(sent.text).toMatch(/^id: /);
  });

  test('a request whose id does not fit into an event id is refused, not answered wrongly', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const taskId = await client.start('add', args);
    const { json } = await client.call('tasks/result', { taskId }, 'x'.repeat(200));
    expect(json.error.code).toBe(-32602);
  });

  test('a client that does not accept a stream is refused', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const taskId = await client.start('add', args);
    const body = { jsonrpc: '2.0', id: 1, method: 'tasks/result', params: { taskId } };
    expect((await client.post(body, { accept: 'application/json' })).status).toBe(406);
  });
});

describe('GET', () => {
  test.each([
    ['without Last-Event-ID', undefined],
    ['with one that is not ours', '12'],
    ['with one that is too long', 't.'.padEnd(600, 'a')],
    ['with one whose parts are no parts', 't.a.0.e30.....x'],
  ])('%s is 405', async (_name, lastEventId) => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    expect((await client.resume(lastEventId)).status).toBe(405);
    expect(frontDoor.calls).toEqual([]);
  });

  test('from a client of 2026-07-28 is 405, whatever it carries', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('add', args);
    const { lastEventId } = await client.stream('tasks/result', { taskId });
    expect((await client.resume(lastEventId, { 'mcp-protocol-version': '2026-07-28' })).status).toBe(405);
  });

  test('for a missing or foreign task is an error event without an id, and then 405', async () => {
    const { time, frontDoor } = createManualClockDoor();
    const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
    const bob = await connectLegacyClient(frontDoor, { owner: 'bob' });
    const taskId = await ada.start('add', args);
    const { lastEventId } = await ada.stream('tasks/result', { taskId }, 5);
    const expected = [{ message: { jsonrpc: '2.0', id: 5, error: { code: -32602, message: 'Task not found' } } }];
    // A forged or foreign cursor reveals no more than a wrong id does.
    const foreign = await bob.resume(lastEventId);
    expect(foreign).toMatchObject({ status: 200, type: 'text/event-stream', events: expected });
    expect((await bob.resume(lastEventId.replace(taskId, 'nothing'))).events).toEqual(expected);
    time.at += 200_000;
    const gone = await ada.resume(lastEventId);
    expect(gone.events).toEqual(expected);
    // Without an id to resume from, the client asks for a plain stream and accepts the refusal.
    expect((await ada.resume(undefined)).status).toBe(405);
  });
});

describe('questions', () => {
  const ask = async (client: LegacyClient, frontDoor: ReturnType<typeof createLegacyFrontDoor>, name: string) => {
    const taskId = await client.start(name);
    await frontDoor.work();
    return { taskId, asked: await client.stream('tasks/result', { taskId }) };
  };

  test('are sent as requests that name their task, once per stream', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const { taskId, asked } = await ask(client, frontDoor, 'greets');
    expect(asked.messages).toEqual([
      {
        jsonrpc: '2.0',
        id: expect.any(String),
        method: 'elicitation/create',
        params: {
          mode: 'form',
          message: 'Who are you?',
          requestedSchema: expect.objectContaining({ type: 'object' }),
          _meta: buildRelatedMeta(taskId),
        },
      },
    ]);
    expect((await client.resume(asked.lastEventId)).messages).toEqual([]);
    // A client that lost the reply resumes from its previous position: the question is sent again.
    const [first] = asked.events;
    expect((await client.resume(first?.id)).messages).toEqual(asked.messages);
  });

  test('can be answered at any time, and the stream continues to the result', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const { asked } = await ask(client, frontDoor, 'greets');
    const answered = await client.post(buildAcceptMessage(asked.messages[0].id, 'Ada'));
    expect({ status: answered.status, text: answered.text }).toEqual({ status: 202, text: '' });
    const waiting = await client.resume(asked.lastEventId);
    expect(waiting.messages).toEqual([]);
    await frontDoor.work();
    const { messages } = await client.resume(waiting.lastEventId);
    expect(messages).toMatchObject([{ id: 1, result: { content: [{ text: 'Hello, Ada!' }] } }]);
  });

  test('answered twice: 202, and the first answer counts', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const { taskId, asked } = await ask(client, frontDoor, 'greets');
    const [{ id }] = asked.messages;
    for (const name of ['Ada', 'Bob']) expect((await client.post(buildAcceptMessage(id, name))).status).toBe(202);
    await frontDoor.work();
    // Also after the task has ended.
    expect((await client.post(buildAcceptMessage(id, 'Eve'))).status).toBe(202);
    const { json } = await client.call('tasks/result', { taskId });
    expect(json.result.content[0].text).toBe('Hello, Ada!');
  });

  test('can be answered with an error as well: a refused sampling request', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor, { capabilities: { sampling: {} } });
    const { taskId, asked } = await ask(client, frontDoor, 'samples');
    const [{ id, method }] = asked.messages;
    expect(method).toBe('sampling/createMessage');
    const refused = { jsonrpc: '2.0', id, error: { code: -1, message: 'User rejected' } };
    expect((await client.post(refused)).status).toBe(202);
    await frontDoor.work();
    const { json } = await client.call('tasks/result', { taskId });
    expect(json.result.content[0].text).toContain('User rejected');
  });

  test('a response to a question that was never asked, or asked of another caller, is 400', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
    const bob = await connectLegacyClient(frontDoor, { owner: 'bob' });
    const { taskId, asked } = await ask(ada, frontDoor, 'greets');
    const [{ id }] = asked.messages;
    frontDoor.written.length = 0;
    const unknown = `task:${taskId}:${Buffer.from('never').toString('base64url')}`;
    for (const [client, other] of [
      [bob, id],
      [ada, unknown],
      [ada, 'task:x:eA'],
      [ada, 'x'],
      [ada, 7],
    ] as const) {
      const got = await client.post(buildAcceptMessage(other as string, 'Eve'));
      expect({ status: got.status, code: got.json.error.code }).toEqual({ status: 400, code: -32600 });
    }
    expect(frontDoor.written).toEqual([]);
  });

  test('a visit to a URL gets the id that this revision requires', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor, { capabilities: { elicitation: { url: {} } } });
    const { asked } = await ask(client, frontDoor, 'visits');
    const [{ id, params }] = asked.messages;
    expect(params).toMatchObject({ mode: 'url', url: 'https://example.com/', elicitationId: id });
  });

  test('are not sent to a client that cannot answer them, which keeps waiting', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const able = await connectLegacyClient(frontDoor);
    const unable = await connectLegacyClient(frontDoor, { capabilities: {} });
    const taskId = await able.start('greets');
    await frontDoor.work();
    frontDoor.written.length = 0;
    const stream = await unable.stream('tasks/result', { taskId });
    expect(stream).toMatchObject({ status: 200, messages: [] });
    expect(frontDoor.written).toEqual([]);
    expect((await able.stream('tasks/result', { taskId })).messages).toHaveLength(1);
  });

  test('an expired session is 404 when a stream is opened', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('greets');
    const body = { jsonrpc: '2.0', id: 1, method: 'tasks/result', params: { taskId } };
    expect((await client.post(body, { 'mcp-session-id': 'forged' })).status).toBe(404);
    await frontDoor.work();
    expect((await client.post(body, { 'mcp-session-id': 'forged' })).status).toBe(404);
  });

  test('two at the same time: each is sent once, and the last answer wakes the task', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const { taskId, asked } = await ask(client, frontDoor, 'asks_twice');
    expect(asked.messages.map((message) => message.params.message)).toEqual(['one', 'two']);
    await client.post(buildAcceptMessage(asked.messages[1].id, 'B'));
    expect(frontDoor.sent).toEqual([]);
    expect((await client.resume(asked.lastEventId)).messages).toEqual([]);
    // Resumed after the first question: the other one was answered meanwhile.
    expect((await client.resume(asked.events[1]?.id)).messages).toEqual([]);
    await client.post(buildAcceptMessage(asked.messages[0].id, 'A'));
    await frontDoor.work();
    expect((await client.call('tasks/result', { taskId })).json.result.content[0].text).toBe('A B');
  });

  test('those that an event id has no room for are sent as earlier ones are answered; no id exceeds 512 bytes', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const { taskId, asked } = await ask(client, frontDoor, 'asks_many');
    expect(asked.messages.length).toBeGreaterThan(20);
    expect(asked.messages.length).toBeLessThan(100);
    const seen = new Set<string>();
    let stream = asked;
    for (let rounds = 0; seen.size < 100 && rounds < 20; rounds += 1) {
      for (const { id } of stream.events) expect(Buffer.byteLength(id ?? '')).toBeLessThanOrEqual(512);
      for (const { id } of stream.messages) {
        expect(seen.has(id)).toBe(false);
        seen.add(id);
        await client.post(buildAcceptMessage(id, 'x'));
      }
      stream = await client.resume(stream.lastEventId);
    }
    expect(seen.size).toBe(100);
    await frontDoor.work();
    expect((await client.call('tasks/result', { taskId })).json.result.content[0].text).toBe('100 answers');
  });
});

describe('no broadcast', () => {
  const begin = async () => {
    const { time, frontDoor } = createManualClockDoor();
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('greets');
    await frontDoor.work();
    const stream = () => client.stream('tasks/result', { taskId });
    return { time, frontDoor, client, stream };
  };

  test('a question goes to the first stream, and to no other while that one is read', async () => {
    const { time, client, stream } = await begin();
    let first = await stream();
    let second = await stream();
    expect([first.messages.length, second.messages.length]).toEqual([1, 0]);
    for (let polls = 0; polls < 100; polls += 1) {
      time.at += Math.max(first.events[0]?.retry ?? 0, second.events[0]?.retry ?? 0);
      first = await client.resume(first.lastEventId);
      second = await client.resume(second.lastEventId);
      expect([first.messages, second.messages]).toEqual([[], []]);
    }
  });

  test('another stream gets it once the first one has gone quiet, which then no longer asks', async () => {
    const { time, client, stream } = await begin();
    const first = await stream();
    const second = await stream();
    time.at += 60_000;
    const taken = await client.resume(second.lastEventId);
    expect(taken.messages).toEqual(first.messages);
    expect((await client.resume(first.events[0]?.id)).messages).toEqual([]);
  });

  test('the cost: one write when the question is sent, and one for many later looks', async () => {
    const { time, frontDoor, client, stream } = await begin();
    frontDoor.calls.length = 0;
    let at = await stream();
    expect(frontDoor.calls).toEqual(['read', 'update']);
    frontDoor.calls.length = 0;
    for (let polls = 0; polls < 100; polls += 1) {
      time.at += at.events[0]?.retry ?? 0;
      at = await client.resume(at.lastEventId);
    }
    expect(frontDoor.calls.filter((call) => call === 'read')).toHaveLength(100);
    expect(frontDoor.calls.filter((call) => call === 'update').length).toBeLessThan(35);
  });
});

describe('progress', () => {
  const begin = async (meta?: object) => {
    const { time, frontDoor } = createManualClockDoor();
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('add', args, meta && { _meta: meta });
    const key = { partition: `task#${taskId}`, id: taskId };
    const report = async (set: object) => {
      time.at += 1_000;
      await frontDoor.store.update({ key, when: [], set: { lastUpdatedAt: time.at, ...set } as never });
    };
    return { frontDoor, client, taskId, report };
  };

  test('is sent with the token of the call, increasing, and stops when the task ends', async () => {
    const { frontDoor, client, taskId, report } = await begin({ progressToken: 'p' });
    let stream = await client.stream('tasks/result', { taskId });
    expect(stream.messages).toEqual([]);
    await report({ statusMessage: 'a quarter', progress: { done: 1, total: 4 } });
    stream = await client.resume(stream.lastEventId);
    expect(stream.messages).toEqual([
      {
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: 'p', progress: 1, total: 4, message: 'a quarter', _meta: buildRelatedMeta(taskId) },
      },
    ]);
    stream = await client.resume(stream.lastEventId);
    expect(stream.messages).toEqual([]);
    // Never backwards, whatever the tool reports.
    await report({ progress: { done: 0.5, total: 4 } });
    stream = await client.resume(stream.lastEventId);
    expect(stream.messages).toEqual([]);
    await report({ progress: { done: 2, total: 4 } });
    stream = await client.resume(stream.lastEventId);
    expect(stream.messages).toMatchObject([{ params: { progress: 2 } }]);
    await frontDoor.work();
    expect((await client.resume(stream.lastEventId)).messages).toMatchObject([{ id: 1, result: {} }]);
  });

  test('with messages only counts seconds, since the numbers have to increase', async () => {
    const { client, taskId, report } = await begin({ progressToken: 3 });
    const { lastEventId } = await client.stream('tasks/result', { taskId });
    await report({ statusMessage: 'scanning' });
    const { messages } = await client.resume(lastEventId);
    expect(messages).toMatchObject([{ params: { progressToken: 3, progress: 1, message: 'scanning' } }]);
  });

  test('is not sent to a client that did not request it', async () => {
    const { client, taskId, report } = await begin();
    const { lastEventId } = await client.stream('tasks/result', { taskId });
    await report({ statusMessage: 'scanning', progress: { done: 1 } });
    expect((await client.resume(lastEventId)).messages).toEqual([]);
  });
});

test('a GET without a cursor is 405', async () => {
  const frontDoor = createLegacyFrontDoor(definition);
  const { status } = await frontDoor.send({ method: 'GET', headers: { 'mcp-protocol-version': LEGACY_REVISION } });
  expect(status).toBe(405);
});
