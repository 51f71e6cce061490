import { beforeEach, describe, expect, test } from 'vitest';
import { connectLegacyClient, createLegacyFrontDoor } from './client.ts';
import definition, { runCounts } from './server.ts';

const buildAcceptResponse = (id: string, name: string) => ({
  jsonrpc: '2.0',
  id,
  result: { action: 'accept', content: { name } },
});

beforeEach(() => Object.assign(runCounts, { ask: 0, twice: 0, later: 0 }));

describe('an ordinary tool that returns inputRequired(…)', () => {
  const call = { name: 'ordinary_asks', arguments: { greeting: 'Hello' } };

  test('asks on a stream of the call and is run again with the answer, on any instance', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const asked = await client.stream('tools/call', call, 9);
    expect(asked.events[0]).toEqual({ id: expect.any(String), retry: 500 });
    expect(asked.messages).toMatchObject([{ method: 'elicitation/create', params: { message: 'Who are you?' } }]);
    expect(asked.messages[0].params).not.toHaveProperty('_meta');
    expect((await client.resume(asked.lastEventId)).messages).toEqual([]);
    expect(runCounts.ask).toBe(1);
    expect((await client.post(buildAcceptResponse(asked.messages[0].id, 'Ada'))).status).toBe(202);
    const ended = await client.resume(asked.lastEventId);
    expect(ended.messages).toEqual([
      { jsonrpc: '2.0', id: 9, result: expect.objectContaining({ content: [{ type: 'text', text: 'Hello, Ada!' }] }) },
    ]);
    expect(runCounts.ask).toBe(2);
    expect((await client.resume(ended.lastEventId)).status).toBe(405);
    // A lost answer is sent again, without another run of the tool.
    expect((await client.resume(asked.lastEventId)).messages).toEqual(ended.messages);
    expect(runCounts.ask).toBe(2);
  });

  test('can ask in two rounds, and its state is stored in between', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    let stream = await client.stream('tools/call', { name: 'ordinary_asks_twice' });
    await client.post(buildAcceptResponse(stream.messages[0].id, 'one'));
    stream = await client.resume(stream.lastEventId);
    expect(stream.messages).toMatchObject([{ params: { message: 'Second?' } }]);
    await client.post(buildAcceptResponse(stream.messages[0].id, 'two'));
    const { messages } = await client.resume(stream.lastEventId);
    expect(messages).toMatchObject([{ id: 1, result: { content: [{ text: 'one, then two' }] } }]);
    expect(runCounts.twice).toBe(3);
  });

  test('may ask nothing, and continue when its client comes back', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const stream = await client.stream('tools/call', { name: 'ordinary_later' });
    expect(stream.messages).toEqual([]);
    expect((await client.resume(stream.lastEventId)).messages).toMatchObject([
      { result: { content: [{ text: 'later' }] } },
    ]);
    expect(runCounts.later).toBe(2);
  });

  test('two simultaneous resumes run it once', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const stream = await client.stream('tools/call', call);
    await client.post(buildAcceptResponse(stream.messages[0].id, 'Ada'));
    const both = await Promise.all([client.resume(stream.lastEventId), client.resume(stream.lastEventId)]);
    expect(both.map(({ messages }) => messages.length).sort()).toEqual([0, 1]);
    expect(runCounts.ask).toBe(2);
  });

  test('another instance takes over from one that died', async () => {
    const time = { at: 1_800_000_000_000 };
    const frontDoor = createLegacyFrontDoor(definition, { now: () => time.at });
    const client = await connectLegacyClient(frontDoor);
    const stream = await client.stream('tools/call', call);
    await client.post(buildAcceptResponse(stream.messages[0].id, 'Ada'));
    const id = stream.lastEventId.split('.').at(-1) ?? '';
    const taken = { run: 'dead', leaseUntil: time.at + 28_000 };
    await frontDoor.store.update({ key: { partition: `call#${id}`, id }, when: [], set: taken });
    expect((await client.resume(stream.lastEventId)).messages).toEqual([]);
    time.at += 28_000;
    expect((await client.resume(stream.lastEventId)).messages).toMatchObject([{ result: expect.anything() }]);
  });

  test('a client’s refusal ends the call with a tool error', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const stream = await client.stream('tools/call', call);
    const refusal = { jsonrpc: '2.0', id: stream.messages[0].id, error: { code: -32601, message: 'Not here' } };
    expect((await client.post(refusal)).status).toBe(202);
    const { messages } = await client.resume(stream.lastEventId);
    expect(messages).toMatchObject([
      { result: { isError: true, content: [{ text: expect.stringContaining('Not here') }] } },
    ]);
    expect(runCounts.ask).toBe(1);
  });

  test('a client that cannot be asked gets a tool error at once', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor, { capabilities: {} });
    const { json } = await client.call('tools/call', call);
    expect(json.result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('elicitation/create') }],
    });
    expect(frontDoor.written).toEqual([]);
  });

  test('cannot be followed or answered by another caller', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
    const bob = await connectLegacyClient(frontDoor, { owner: 'bob' });
    const stream = await ada.stream('tools/call', call);
    const gone = [{ jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'Task not found' } }];
    expect((await bob.resume(stream.lastEventId)).messages).toEqual(gone);
    expect((await bob.post(buildAcceptResponse(stream.messages[0].id, 'Eve'))).status).toBe(400);
    // It is not a task either.
    const id = stream.lastEventId.split('.').at(-1) ?? '';
    expect((await ada.call('tasks/get', { taskId: id })).json.error.code).toBe(-32602);
    expect((await ada.call('tasks/list')).json.result.tasks).toEqual([]);
  });

  test('a tool that does not ask is answered as usual, and nothing is stored', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const { json } = await client.call('tools/call', { name: 'ordinary' });
    expect(json.result.content[0].text).toBe('plain');
    expect(frontDoor.calls).toEqual([]);
  });

  test('a prompt may ask as well', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const stream = await client.stream('prompts/get', { name: 'asks' });
    await client.post(buildAcceptResponse(stream.messages[0].id, 'Ada'));
    const { messages } = await client.resume(stream.lastEventId);
    expect(messages).toMatchObject([{ result: { messages: [{ content: { text: 'For Ada' } }] } }]);
  });

  test('a durable tool called without a task asks in the same way, and accepts a refusal as an answer', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const client = await connectLegacyClient(frontDoor);
    const ask = async (response: object) => {
      const stream = await client.stream('tools/call', { name: 'greets', arguments: {} });
      await client.post({ jsonrpc: '2.0', id: stream.messages[0].id, ...response });
      return (await client.resume(stream.lastEventId)).messages;
    };
    expect(await ask({ result: { action: 'accept', content: { name: 'Ada' } } })).toMatchObject([
      { id: 1, result: { content: [{ text: 'Hello, Ada!' }] } },
    ]);
    expect(await ask({ error: { code: -32601, message: 'Not here' } })).toMatchObject([
      { id: 1, result: { content: [{ text: 'Hello, cancel!' }] } },
    ]);
    // It is a call, not a task: no wake-up was sent.
    expect(frontDoor.sent).toEqual([]);
  });

  test('a push from within a tool is a tool error that names defineTool', async () => {
    const client = await connectLegacyClient(createLegacyFrontDoor(definition));
    const { json } = await client.call('tools/call', { name: 'ordinary_pushes' });
    expect(json.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('defineTool') }] });
  });
});
