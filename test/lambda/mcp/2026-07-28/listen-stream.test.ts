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

/** A front door that streams; `at` maps times (ms) to what happens then, while a stream waits. */
function openStreamingDoor(at: Record<number, () => unknown> = {}) {
  let now = 1_800_000_000_000;
  const began = now;
  const due = Object.entries(at).map(([ms, happens]) => ({ when: began + Number(ms), happens }));
  const frontDoor = createTestFrontDoor(definition, {
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
    (await frontDoor.call('tools/call', { name, arguments: { a: 1 } }, { capabilities, owner })).json.result.taskId;
  const listen = async (taskIds: string[], declared: Record<string, unknown> = capabilities) => {
    const got = await frontDoor.call(
      'subscriptions/listen',
      { notifications: { taskIds } },
      { id: 'sub-1', capabilities: declared, owner: 'me' },
    );
    const messages = got.text.split('\n\n').flatMap((event) => /data: (.*)/.exec(event)?.[1] ?? []);
    return { ...got, messages: messages.map((message) => JSON.parse(message)), passed: now - began };
  };
  return { ...frontDoor, start, listen };
}

const listTaskNotifications = (messages: { method?: string; params: Record<string, unknown> }[]) =>
  messages.filter(({ method }) => method === 'notifications/tasks').map(({ params }) => params);

describe('subscriptions/listen with a streamed reply', () => {
  test('sends each task as it is, each change with the whole task, and a graceful end when all tasks have ended', async () => {
    const frontDoor = openStreamingDoor({ 3000: () => frontDoor.work() });
    const id = await frontDoor.start();
    const { messages, headers } = await frontDoor.listen([id]);
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

  test('a notification carries what tasks/get would return at that moment', async () => {
    const frontDoor = openStreamingDoor();
    const id = await frontDoor.start();
    await frontDoor.work();
    const { messages } = await frontDoor.listen([id]);
    const { _meta, ...task } = listTaskNotifications(messages)[0] as Record<string, unknown>;
    const { json } = await frontDoor.call('tasks/get', { taskId: id }, { owner: 'me' });
    expect(json.result).toMatchObject(task);
  });

  test('only the caller’s own tasks are acknowledged: foreign, unknown and malformed ids look the same', async () => {
    const frontDoor = openStreamingDoor();
    const [mine, foreign] = [await frontDoor.start(), await frontDoor.start('add', 'someone else')];
    await frontDoor.work();
    const { messages } = await frontDoor.listen([foreign, mine, mine, 'unknown', '../x', '']);
    expect(messages[0].params.notifications).toEqual({ taskIds: [mine] });
    expect(listTaskNotifications(messages).map(({ taskId }) => taskId)).toEqual([mine]);

    const none = await frontDoor.listen([foreign, 'unknown']);
    expect(none.messages[0].params.notifications).toEqual({});
    expect(none.messages).toHaveLength(2);
    expect(none.messages[1].id).toBe('sub-1');
  });

  test('while nothing changes, comments keep the stream alive, and it ends gracefully before the deadline', async () => {
    const frontDoor = openStreamingDoor();
    const { text, messages, passed } = await frontDoor.listen([await frontDoor.start()]);
    expect(text.match(/^: /gm)).toHaveLength(60_000 / KEEP_ALIVE_MS - 1);
    expect(messages.at(-1)).toMatchObject({ id: 'sub-1', result: {} });
    expect(passed).toBe(60_000);
  });

  test('it reads as often as a client would poll, and no more often', async () => {
    const frontDoor = openStreamingDoor();
    const id = await frontDoor.start();
    frontDoor.calls.length = 0;
    await frontDoor.listen([id]);
    // 1 s apart at first, later a tenth of the task's age: 24 reads in a minute.
    expect(frontDoor.calls.filter((call) => call === 'read').length).toBeLessThan(40);
    expect(new Set(frontDoor.calls)).toEqual(new Set(['read']));
  });

  test('questions are sent only to a client that can be asked', async () => {
    const frontDoor = openStreamingDoor({ 2000: () => frontDoor.work() });
    const id = await frontDoor.start('asks');
    const statuses = listTaskNotifications((await frontDoor.listen([id])).messages).map(({ status, inputRequests }) => [
      status,
      inputRequests,
    ]);
    expect(statuses).toEqual([
      ['working', undefined],
      ['input_required', { who: expect.objectContaining({ method: 'elicitation/create' }) }],
    ]);
    const unasked = await frontDoor.listen([id], DECLARED_TASKS);
    expect(unasked.messages[0].params.notifications).toEqual({ taskIds: [id] });
    expect(listTaskNotifications(unasked.messages)).toEqual([]);
  });

  test('an expired task is no longer followed', async () => {
    const frontDoor = openStreamingDoor({
      5000: () => frontDoor.store.update({ key: { partition: 'owner#me', id }, when: [], set: { expiresAt: 1 } }),
    });
    const id = await frontDoor.start();
    const { messages, passed } = await frontDoor.listen([id]);
    expect(listTaskNotifications(messages)).toHaveLength(1);
    expect(messages.at(-1)).toMatchObject({ id: 'sub-1', result: {} });
    expect(passed).toBeLessThan(10_000);
  });

  test('a single failed read does not end the subscription', async () => {
    const frontDoor = openStreamingDoor({
      2000: () => {
        const read = frontDoor.store.read.bind(frontDoor.store);
        frontDoor.store.read = async () => {
          frontDoor.store.read = read;
          throw new Error('throttled');
        };
      },
      10000: () => frontDoor.work(),
    });
    const { messages } = await frontDoor.listen([await frontDoor.start()]);
    expect(listTaskNotifications(messages).map(({ status }) => status)).toEqual(['working', 'completed']);
    expect(frontDoor.logged).toContainEqual(expect.objectContaining({ event: 'subscription.unread' }));
  });

  test('task ids without the extension are refused, naming what is missing', async () => {
    const got = await openStreamingDoor().listen(['x'], {});
    expect({ status: got.status, error: got.json.error }).toMatchObject({
      status: 400,
      error: { code: -32021, data: { requiredCapabilities: DECLARED_TASKS } },
    });
  });
});
