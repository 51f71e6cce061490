/** What the front door logs about its replies. */
import { describe, expect, test } from 'vitest';
import { defineServer, defineTool } from '../../../lambda/index.ts';
import { createTestFrontDoor } from '../../support/front-door.ts';
import type { TestRequest } from '../../support/requests.ts';

const definition = defineServer({
  name: 'polled',
  version: '1.0.0',
  tools: [defineTool('works', { withoutTasks: 'handOff' }, () => ({ content: [] }))],
});

const buildLegacyRequest = (method: string, params: object): TestRequest => ({
  headers: { 'mcp-protocol-version': '2025-11-25' },
  body: { jsonrpc: '2.0', id: 1, method, params },
});

async function openFrontDoor() {
  const frontDoor = createTestFrontDoor(definition, { wait: async () => {}, timeoutMs: 1_000 });
  const created = await frontDoor.call('tools/call', { name: 'works', arguments: {} });
  return { frontDoor, taskId: created.json.result.taskId as string };
}

const countPolls = ({ logged }: { readonly logged: readonly Record<string, unknown>[] }): number =>
  logged.filter(({ event }) => event === 'task.polled').length;

describe('a poll is counted', () => {
  test('in every dialect, and by the model tool of clients without tasks', async () => {
    const { frontDoor, taskId } = await openFrontDoor();
    const call = { name: 'get_task_result', arguments: { task_id: taskId } };
    await frontDoor.call('tasks/get', { taskId });
    expect(countPolls(frontDoor)).toBe(1);
    await frontDoor.send(buildLegacyRequest('tasks/get', { taskId }));
    await frontDoor.send(buildLegacyRequest('tasks/result', { taskId }));
    expect(countPolls(frontDoor)).toBe(3);
    await frontDoor.call('tools/call', call, { capabilities: {} });
    await frontDoor.send(buildLegacyRequest('tools/call', call));
    expect(countPolls(frontDoor)).toBe(5);
  });

  test('but not when it is refused, nor is any other request', async () => {
    const { frontDoor, taskId } = await openFrontDoor();
    await frontDoor.call('tasks/get', { taskId: 'unknown' });
    await frontDoor.send(buildLegacyRequest('tasks/result', { taskId: 'unknown' }));
    await frontDoor.call('tasks/cancel', { taskId });
    await frontDoor.call('tools/list');
    await frontDoor.call('tools/call', { name: 'works', arguments: {} }, { capabilities: {} });
    expect(countPolls(frontDoor)).toBe(0);
  });
});
