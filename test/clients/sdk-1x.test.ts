import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LOCAL_SCOPE } from '../../lib/local/stack.ts';
import { useTestStack } from '../support/stack.ts';
import { connectSdk1x, createSdk1xTask, testSdk1xClient } from './sdk-1x-suite.ts';

const server = fileURLToPath(new URL('../support/servers/clients.ts', import.meta.url));
const environment = { HEARTBEAT_MS: '500' };

/** Two processes of the API function take turns, so that no stream is resumed where it started. */
describe('@modelcontextprotocol/sdk 1.32', () => {
  const getStack = useTestStack({ server, environment, apiProcesses: 2 });

  testSdk1xClient(() => getStack().url);

  test('is offered no list where callers cannot be distinguished', async () => {
    const { client } = await connectSdk1x(getStack().url);
    expect(client.getServerCapabilities()?.tasks).not.toHaveProperty('list');
    await expect(client.experimental.tasks.listTasks()).rejects.toMatchObject({ code: -32601 });
    await client.close();
  });
});

describe('@modelcontextprotocol/sdk 1.32 with an access token', () => {
  const getStack = useTestStack({ server, environment, apiProcesses: 2, auth: 'jwt' });

  const openClient = async (sub: string) => {
    const { issuer, url } = getStack();
    const token = await issuer?.issueToken({ sub, client_id: 'app', aud: url, scope: LOCAL_SCOPE });
    return connectSdk1x(url, { headers: { authorization: `Bearer ${token}` } });
  };

  test('lists its own tasks, newest first, page by page', async () => {
    const [ada, bob] = [await openClient('ada'), await openClient('bob')];
    expect(ada.client.getServerCapabilities()?.tasks).toHaveProperty('list');
    const createdIds: string[] = [];
    for (let n = 0; n < 55; n += 1)
      createdIds.unshift((await createSdk1xTask(ada.client, 'add', { a: n, b: 1 })).task.taskId);
    await createSdk1xTask(bob.client, 'add', { a: 1, b: 1 });
    const { tasks } = ada.client.experimental;
    const first = await tasks.listTasks();
    const second = await tasks.listTasks(first.nextCursor);
    expect([first.tasks.length, second.tasks.length, second.nextCursor]).toEqual([50, 5, undefined]);
    expect([...first.tasks, ...second.tasks].map(({ taskId }) => taskId)).toEqual(createdIds);
    await expect(tasks.listTasks('nonsense')).rejects.toMatchObject({ code: -32602 });
    expect((await bob.client.experimental.tasks.listTasks()).tasks).toHaveLength(1);
    await Promise.all([ada.client.close(), bob.client.close()]);
  });
});
