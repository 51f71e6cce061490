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

/** A door whose clock is turned by hand. */
function createManualClockDoor() {
  const time = { at: 1_800_000_000_000 };
  return { time, door: createLegacyFrontDoor(definition, { now: () => time.at }) };
}

describe('tasks/result of a task that has ended', () => {
  test('is the result of the call, as JSON, related to the task', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const taskId = await client.start('add', args);
    await door.work();
    door.calls.length = 0;
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
    expect(door.calls).toEqual(['read']);
  });

  test('is its JSON-RPC error', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const taskId = await client.start('breaks');
    await door.work();
    const { status, json } = await client.call('tasks/result', { taskId });
    expect({ status, error: json.error }).toEqual({
      status: 200,
      error: { code: -32050, message: 'Broken.', data: { why: 'x' } },
    });
  });

  test('is an error that says so where it was cancelled', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const taskId = await client.start('add', args);
    await client.call('tasks/cancel', { taskId });
    const { json } = await client.call('tasks/result', { taskId });
    expect(json.error).toMatchObject({ code: -32602, message: expect.stringContaining('cancelled') });
  });
});

describe('the stream of a task that works', () => {
  test('says where it stands and when to come back, and ends at once: one read', async () => {
    const { time, door } = createManualClockDoor();
    const client = await connectLegacyClient(door);
    const taskId = await client.start('add', args);
    door.calls.length = 0;
    const stream = await client.stream('tasks/result', { taskId });
    expect(stream).toMatchObject({ status: 200, type: 'text/event-stream' });
    expect(stream.events).toEqual([{ id: expect.any(String), retry: 200 }]);
    expect(door.calls).toEqual(['read']);
    time.at += 40_000;
    const later = await client.resume(stream.lastEventId);
    expect(later.events).toEqual([{ id: expect.any(String), retry: 4_000 }]);
    expect(later.lastEventId).not.toBe(stream.lastEventId);
    expect(door.calls).toEqual(['read', 'read']);
  });

  test('brings the result to the request that began it, and then there is nothing to come back for', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const taskId = await client.start('add', args);
    const { lastEventId } = await client.stream('tasks/result', { taskId }, 'the-request');
    await door.work();
    const ended = await client.resume(lastEventId);
    expect(ended.messages).toEqual([
      { jsonrpc: '2.0', id: 'the-request', result: expect.objectContaining({ structuredContent: { sum: 3 } }) },
    ]);
    expect(ended.messages[0].result._meta).toMatchObject(buildRelatedMeta(taskId));
    door.calls.length = 0;
    expect((await client.resume(ended.lastEventId)).status).toBe(405);
    expect(door.calls).toEqual([]);
    // Whoever did not get it may ask again.
    expect((await client.resume(lastEventId)).messages).toHaveLength(1);
  });

  test('brings an error with an id that ends it: a client that comes back after errors is told 405', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const taskId = await client.start('breaks');
    const { lastEventId } = await client.stream('tasks/result', { taskId });
    await door.work();
    const ended = await client.resume(lastEventId);
    expect(ended.messages).toMatchObject([{ id: 1, error: { code: -32050 } }]);
    expect((await client.resume(ended.lastEventId)).status).toBe(405);
  });

  test('is resumed at another instance, which knows nothing of the first', async () => {
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

  test('a request whose id does not fit an event’s is refused, not answered wrongly', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const taskId = await client.start('add', args);
    const { json } = await client.call('tasks/result', { taskId }, 'x'.repeat(200));
    expect(json.error.code).toBe(-32602);
  });

  test('a client that does not take a stream is told so', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const taskId = await client.start('add', args);
    const body = { jsonrpc: '2.0', id: 1, method: 'tasks/result', params: { taskId } };
    expect((await client.post(body, { accept: 'application/json' })).status).toBe(406);
  });
});

describe('GET', () => {
  test.each([
    ['without Last-Event-ID', undefined],
    ['with one that is none of ours', '12'],
    ['with one that is too long', 't.'.padEnd(600, 'a')],
    ['with one whose parts are no parts', 't.a.0.e30.....x'],
  ])('%s is 405', async (_name, lastEventId) => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    expect((await client.resume(lastEventId)).status).toBe(405);
    expect(door.calls).toEqual([]);
  });

  test('of a client of 2026-07-28 is 405, whatever it carries', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const taskId = await client.start('add', args);
    const { lastEventId } = await client.stream('tasks/result', { taskId });
    expect((await client.resume(lastEventId, { 'mcp-protocol-version': '2026-07-28' })).status).toBe(405);
  });

  test('for a task that is gone or foreign is its error, without an id: and then 405', async () => {
    const { time, door } = createManualClockDoor();
    const ada = await connectLegacyClient(door, { owner: 'ada' });
    const bob = await connectLegacyClient(door, { owner: 'bob' });
    const taskId = await ada.start('add', args);
    const { lastEventId } = await ada.stream('tasks/result', { taskId }, 5);
    const expected = [{ message: { jsonrpc: '2.0', id: 5, error: { code: -32602, message: 'Task not found' } } }];
    // A forged or foreign cursor learns nothing that a wrong id would not tell.
    const foreign = await bob.resume(lastEventId);
    expect(foreign).toMatchObject({ status: 200, type: 'text/event-stream', events: expected });
    expect((await bob.resume(lastEventId.replace(taskId, 'nothing'))).events).toEqual(expected);
    time.at += 200_000;
    const gone = await ada.resume(lastEventId);
    expect(gone.events).toEqual(expected);
    // Without an id to go on from the client asks for a plain stream, and takes no for an answer.
    expect((await ada.resume(undefined)).status).toBe(405);
  });
});

describe('questions', () => {
  const ask = async (client: LegacyClient, door: ReturnType<typeof createLegacyFrontDoor>, name: string) => {
    const taskId = await client.start(name);
    await door.work();
    return { taskId, asked: await client.stream('tasks/result', { taskId }) };
  };

  test('go out as requests that name their task, once per stream', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const { taskId, asked } = await ask(client, door, 'greets');
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
    // A client that lost the answer comes back from where it stood before: the question is sent again.
    const [first] = asked.events;
    expect((await client.resume(first?.id)).messages).toEqual(asked.messages);
  });

  test('are answered at any time, and the stream goes on to the result', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const { asked } = await ask(client, door, 'greets');
    const answered = await client.post(buildAcceptMessage(asked.messages[0].id, 'Ada'));
    expect({ status: answered.status, text: answered.text }).toEqual({ status: 202, text: '' });
    const waiting = await client.resume(asked.lastEventId);
    expect(waiting.messages).toEqual([]);
    await door.work();
    const { messages } = await client.resume(waiting.lastEventId);
    expect(messages).toMatchObject([{ id: 1, result: { content: [{ text: 'Hello, Ada!' }] } }]);
  });

  test('answered twice: 202, and the first answer counts', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const { taskId, asked } = await ask(client, door, 'greets');
    const [{ id }] = asked.messages;
    for (const name of ['Ada', 'Bob']) expect((await client.post(buildAcceptMessage(id, name))).status).toBe(202);
    await door.work();
    // Also when the task is over.
    expect((await client.post(buildAcceptMessage(id, 'Eve'))).status).toBe(202);
    const { json } = await client.call('tasks/result', { taskId });
    expect(json.result.content[0].text).toBe('Hello, Ada!');
  });

  test('are answered by an error as well: a refused sampling', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door, { capabilities: { sampling: {} } });
    const { taskId, asked } = await ask(client, door, 'samples');
    const [{ id, method }] = asked.messages;
    expect(method).toBe('sampling/createMessage');
    const refused = { jsonrpc: '2.0', id, error: { code: -1, message: 'User rejected' } };
    expect((await client.post(refused)).status).toBe(202);
    await door.work();
    const { json } = await client.call('tasks/result', { taskId });
    expect(json.result.content[0].text).toContain('User rejected');
  });

  test('answers to what was never asked, or asked of somebody else, are 400', async () => {
    const door = createLegacyFrontDoor(definition);
    const ada = await connectLegacyClient(door, { owner: 'ada' });
    const bob = await connectLegacyClient(door, { owner: 'bob' });
    const { taskId, asked } = await ask(ada, door, 'greets');
    const [{ id }] = asked.messages;
    door.written.length = 0;
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
    expect(door.written).toEqual([]);
  });

  test('a visit to a URL gets the id that this revision wants', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door, { capabilities: { elicitation: { url: {} } } });
    const { asked } = await ask(client, door, 'visits');
    const [{ id, params }] = asked.messages;
    expect(params).toMatchObject({ mode: 'url', url: 'https://example.com/', elicitationId: id });
  });

  test('are not sent to a client that cannot answer them: it waits', async () => {
    const door = createLegacyFrontDoor(definition);
    const able = await connectLegacyClient(door);
    const unable = await connectLegacyClient(door, { capabilities: {} });
    const taskId = await able.start('greets');
    await door.work();
    door.written.length = 0;
    const stream = await unable.stream('tasks/result', { taskId });
    expect(stream).toMatchObject({ status: 200, messages: [] });
    expect(door.written).toEqual([]);
    expect((await able.stream('tasks/result', { taskId })).messages).toHaveLength(1);
  });

  test('a session that is over is 404 when a stream begins', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const taskId = await client.start('greets');
    const body = { jsonrpc: '2.0', id: 1, method: 'tasks/result', params: { taskId } };
    expect((await client.post(body, { 'mcp-session-id': 'forged' })).status).toBe(404);
    await door.work();
    expect((await client.post(body, { 'mcp-session-id': 'forged' })).status).toBe(404);
  });

  test('two at once: each is sent once, and the last answer wakes the task', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const { taskId, asked } = await ask(client, door, 'asks_twice');
    expect(asked.messages.map((message) => message.params.message)).toEqual(['one', 'two']);
    await client.post(buildAcceptMessage(asked.messages[1].id, 'B'));
    expect(door.sent).toEqual([]);
    expect((await client.resume(asked.lastEventId)).messages).toEqual([]);
    // From after the first event that asked: the other one was answered meanwhile.
    expect((await client.resume(asked.events[1]?.id)).messages).toEqual([]);
    await client.post(buildAcceptMessage(asked.messages[0].id, 'A'));
    await door.work();
    expect((await client.call('tasks/result', { taskId })).json.result.content[0].text).toBe('A B');
  });

  test('more of them than an event id can name are sent as earlier ones are answered; no id grows over 512 bytes', async () => {
    const door = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(door);
    const { taskId, asked } = await ask(client, door, 'asks_many');
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
    await door.work();
    expect((await client.call('tasks/result', { taskId })).json.result.content[0].text).toBe('100 answers');
  });
});

describe('no broadcast', () => {
  const begin = async () => {
    const { time, door } = createManualClockDoor();
    const client = await connectLegacyClient(door);
    const taskId = await client.start('greets');
    await door.work();
    const stream = () => client.stream('tasks/result', { taskId });
    return { time, door, client, stream };
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

  test('another stream gets it once the first is quiet, which then asks no more', async () => {
    const { time, client, stream } = await begin();
    const first = await stream();
    const second = await stream();
    time.at += 60_000;
    const taken = await client.resume(second.lastEventId);
    expect(taken.messages).toEqual(first.messages);
    expect((await client.resume(first.events[0]?.id)).messages).toEqual([]);
  });

  test('what that costs: a write when the question is sent, and one for many looks', async () => {
    const { time, door, client, stream } = await begin();
    door.calls.length = 0;
    let at = await stream();
    expect(door.calls).toEqual(['read', 'update']);
    door.calls.length = 0;
    for (let polls = 0; polls < 100; polls += 1) {
      time.at += at.events[0]?.retry ?? 0;
      at = await client.resume(at.lastEventId);
    }
    expect(door.calls.filter((call) => call === 'read')).toHaveLength(100);
    expect(door.calls.filter((call) => call === 'update').length).toBeLessThan(35);
  });
});

describe('progress', () => {
  const begin = async (meta?: object) => {
    const { time, door } = createManualClockDoor();
    const client = await connectLegacyClient(door);
    const taskId = await client.start('add', args, meta && { _meta: meta });
    const key = { partition: `task#${taskId}`, id: taskId };
    const tell = async (set: object) => {
      time.at += 1_000;
      await door.store.update({ key, when: [], set: { lastUpdatedAt: time.at, ...set } as never });
    };
    return { door, client, taskId, tell };
  };

  test('goes out with the token of the call, increasing, and stops at the end', async () => {
    const { door, client, taskId, tell } = await begin({ progressToken: 'p' });
    let stream = await client.stream('tasks/result', { taskId });
    expect(stream.messages).toEqual([]);
    await tell({ statusMessage: 'a quarter', progress: { done: 1, total: 4 } });
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
    // Never backwards, whatever the tool says.
    await tell({ progress: { done: 0.5, total: 4 } });
    stream = await client.resume(stream.lastEventId);
    expect(stream.messages).toEqual([]);
    await tell({ progress: { done: 2, total: 4 } });
    stream = await client.resume(stream.lastEventId);
    expect(stream.messages).toMatchObject([{ params: { progress: 2 } }]);
    await door.work();
    expect((await client.resume(stream.lastEventId)).messages).toMatchObject([{ id: 1, result: {} }]);
  });

  test('in words alone counts seconds, since its numbers have to increase', async () => {
    const { client, taskId, tell } = await begin({ progressToken: 3 });
    const { lastEventId } = await client.stream('tasks/result', { taskId });
    await tell({ statusMessage: 'scanning' });
    const { messages } = await client.resume(lastEventId);
    expect(messages).toMatchObject([{ params: { progressToken: 3, progress: 1, message: 'scanning' } }]);
  });

  test('is not sent to whoever did not ask for it', async () => {
    const { client, taskId, tell } = await begin();
    const { lastEventId } = await client.stream('tasks/result', { taskId });
    await tell({ statusMessage: 'scanning', progress: { done: 1 } });
    expect((await client.resume(lastEventId)).messages).toEqual([]);
  });
});

test('a plain stream of this revision is 405', async () => {
  const door = createLegacyFrontDoor(definition);
  const { status } = await door.send({ method: 'GET', headers: { 'mcp-protocol-version': LEGACY_REVISION } });
  expect(status).toBe(405);
});
