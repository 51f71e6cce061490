import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineServer, defineTool } from '../../../../lambda/index.ts';
import { KEEP_ALIVE_MS } from '../../../../lambda/mcp/2026-07-28/listen-tasks.ts';
import { META_KEYS } from '../../../../lambda/mcp/rpc.ts';
import { createTestFrontDoor } from '../../../support/front-door.ts';
import { DECLARED_TASKS } from '../../../support/requests.ts';

const definition = defineServer({
  name: 'listen',
  version: '1.0.0',
  tools: [
    defineTool('add', { inputSchema: z.object({ a: z.number() }) }, ({ a }) => ({
      content: [{ type: 'text', text: String(a) }],
    })),
    defineTool('asks', {}, async (task) => {
      const answer = await task.elicit('who', { message: 'Who?', requestedSchema: z.object({ name: z.string() }) });
      return { content: [{ type: 'text', text: answer.action }] };
    }),
  ],
});

/** A door that streams; `at` says what happens when that much time (ms) has passed while a stream waits. */
function openStreamingDoor(at: Record<number, () => unknown> = {}) {
  let now = 1_800_000_000_000;
  const began = now;
  const due = Object.entries(at).map(([ms, happens]) => ({ when: began + Number(ms), happens }));
  const door = createTestFrontDoor(definition, {
    streamMs: 60_000,
    now: () => now,
    wait: async (ms) => {
      now += ms;
      for (const event of due.filter(({ when }) => when <= now)) {
        due.splice(due.indexOf(event), 1);
        await event.happens();
      }
    },
  });
  const capabilities = { ...DECLARED_TASKS, elicitation: {} };
  const start = async (name = 'add', owner = 'me'): Promise<string> =>
    (await door.call('tools/call', { name, arguments: { a: 1 } }, { capabilities, owner })).json.result.taskId;
  const listen = async (taskIds: string[], declared: Record<string, unknown> = capabilities) => {
    const got = await door.call(
      'subscriptions/listen',
      { notifications: { taskIds } },
      { id: 'sub-1', capabilities: declared, owner: 'me' },
    );
    const messages = got.text.split('\n\n').flatMap((event) => /data: (.*)/.exec(event)?.[1] ?? []);
    return { ...got, messages: messages.map((message) => JSON.parse(message)), passed: now - began };
  };
  return { ...door, start, listen };
}

const listTaskNotifications = (messages: { method?: string; params: Record<string, unknown> }[]) =>
  messages.filter(({ method }) => method === 'notifications/tasks').map(({ params }) => params);

describe('subscriptions/listen on an answer that streams', () => {
  test('each task as it is, each change with the whole task, and a graceful end when all have ended', async () => {
    const door = openStreamingDoor({ 3000: () => door.work() });
    const id = await door.start();
    const { messages, headers } = await door.listen([id]);
    expect(headers['content-type']).toBe('text/event-stream');
    expect(messages[0]).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { taskIds: [id] }, _meta: { [META_KEYS.subscriptionId]: 'sub-1' } },
    });
    expect(listTaskNotifications(messages)).toMatchObject([
      { taskId: id, status: 'working' },
      { taskId: id, status: 'completed', result: { content: [{ text: '1' }], resultType: 'complete' } },
    ]);
    for (const { params } of messages.slice(0, -1))
      expect(params._meta).toEqual({ [META_KEYS.subscriptionId]: 'sub-1' });
    expect(messages.at(-1)).toMatchObject({ id: 'sub-1', result: { resultType: 'complete' } });
  });

  test('a notification is what tasks/get says at that moment', async () => {
    const door = openStreamingDoor();
    const id = await door.start();
    await door.work();
    const { messages } = await door.listen([id]);
    const { _meta, ...task } = listTaskNotifications(messages)[0] as Record<string, unknown>;
    const { json } = await door.call('tasks/get', { taskId: id }, { owner: 'me' });
    expect(json.result).toMatchObject(task);
  });

  test('only tasks of the caller are acknowledged: others, unknown ids and nonsense look the same', async () => {
    const door = openStreamingDoor();
    const [mine, foreign] = [await door.start(), await door.start('add', 'somebody else')];
    await door.work();
    const { messages } = await door.listen([foreign, mine, mine, 'unknown', '../x', '']);
    expect(messages[0].params.notifications).toEqual({ taskIds: [mine] });
    expect(listTaskNotifications(messages).map(({ taskId }) => taskId)).toEqual([mine]);

    const none = await door.listen([foreign, 'unknown']);
    expect(none.messages[0].params.notifications).toEqual({});
    expect(none.messages).toHaveLength(2);
    expect(none.messages[1].id).toBe('sub-1');
  });

  test('in silence comments keep the stream alive, and it ends gracefully before the deadline', async () => {
    const door = openStreamingDoor();
    const { text, messages, passed } = await door.listen([await door.start()]);
    expect(text.match(/^: /gm)).toHaveLength(60_000 / KEEP_ALIVE_MS - 1);
    expect(messages.at(-1)).toMatchObject({ id: 'sub-1', result: {} });
    expect(passed).toBe(60_000);
  });

  test('it looks as often as a client would poll, and no more', async () => {
    const door = openStreamingDoor();
    const id = await door.start();
    door.calls.length = 0;
    await door.listen([id]);
    // 1 s apart at first, a tenth of the age later on: 24 looks in a minute.
    expect(door.calls.filter((call) => call === 'read').length).toBeLessThan(40);
    expect(new Set(door.calls)).toEqual(new Set(['read']));
  });

  test('questions are told to who can be asked, and to nobody else', async () => {
    const door = openStreamingDoor({ 2000: () => door.work() });
    const id = await door.start('asks');
    const statuses = listTaskNotifications((await door.listen([id])).messages).map(({ status, inputRequests }) => [
      status,
      inputRequests,
    ]);
    expect(statuses).toEqual([
      ['working', undefined],
      ['input_required', { who: expect.objectContaining({ method: 'elicitation/create' }) }],
    ]);
    const unasked = await door.listen([id], DECLARED_TASKS);
    expect(unasked.messages[0].params.notifications).toEqual({ taskIds: [id] });
    expect(listTaskNotifications(unasked.messages)).toEqual([]);
  });

  test('a task that expires is followed no longer', async () => {
    const door = openStreamingDoor({
      5000: () => door.store.update({ key: { partition: 'owner#me', id }, when: [], set: { expiresAt: 1 } }),
    });
    const id = await door.start();
    const { messages, passed } = await door.listen([id]);
    expect(listTaskNotifications(messages)).toHaveLength(1);
    expect(messages.at(-1)).toMatchObject({ id: 'sub-1', result: {} });
    expect(passed).toBeLessThan(10_000);
  });

  test('a store that does not answer once is no end of it', async () => {
    const door = openStreamingDoor({
      2000: () => {
        const read = door.store.read.bind(door.store);
        door.store.read = async () => {
          door.store.read = read;
          throw new Error('throttled');
        };
      },
      10000: () => door.work(),
    });
    const { messages } = await door.listen([await door.start()]);
    expect(listTaskNotifications(messages).map(({ status }) => status)).toEqual(['working', 'completed']);
    expect(door.logged).toContainEqual(expect.objectContaining({ event: 'subscription.unread' }));
  });

  test('task ids without the extension are refused with what is missing', async () => {
    const got = await openStreamingDoor().listen(['x'], {});
    expect({ status: got.status, error: got.json.error }).toMatchObject({
      status: 400,
      error: { code: -32021, data: { requiredCapabilities: DECLARED_TASKS } },
    });
  });
});
