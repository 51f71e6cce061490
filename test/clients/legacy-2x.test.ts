import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import {
  type ApplicationInputRequest,
  createTaskSessionEndpointId,
  createTaskSessionFromClient,
  resultFromTaskOutcome,
  type TaskEnabledSession,
  type TaskState,
  taskViewFromExecutionEvent,
  toolDeclarationFromMcpTool,
} from '@modelcontextprotocol/ext-tasks/client';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useTestStack } from '../support/stack.ts';

const CLIENT_INFO = { name: 'legacy-2x', version: '1.0.0' };

/** The 2.x client as it talks to servers of 2025-11-25, with ext-tasks on top. */
describe('@modelcontextprotocol/client 2.4 with ext-tasks, in legacy mode', () => {
  const getStack = useTestStack({
    server: fileURLToPath(new URL('../support/servers/clients.ts', import.meta.url)),
    environment: { HEARTBEAT_MS: '500' },
    apiProcesses: 2,
  });
  const opened: { session: TaskEnabledSession; client: Client }[] = [];

  afterEach(async () => {
    for (const { session, client } of opened.splice(0)) {
      await session.close();
      await client.close();
    }
  });

  const openSession = async (onInputRequest?: (request: ApplicationInputRequest) => Promise<never>) => {
    const url = new URL(getStack().url);
    const client = new Client(CLIENT_INFO, {
      capabilities: onInputRequest ? { elicitation: { form: {} } } : {},
      versionNegotiation: { mode: 'legacy' },
    });
    await client.connect(new StreamableHTTPClientTransport(url));
    const { tools } = await client.listTools();
    const byName = new Map(tools.map((tool) => [tool.name, tool]));
    const session = createTaskSessionFromClient(client, {
      endpointId: await createTaskSessionEndpointId('legacy-2x', { url: url.href }),
      tools: {
        currentTool: (name) => {
          const tool = byName.get(name);
          return tool && toolDeclarationFromMcpTool(tool);
        },
      },
      ...(onInputRequest && { onInputRequest }),
    });
    opened.push({ session, client });
    return { session, client };
  };

  const AS_TASK = { task: { preference: 'prefer' } } as const;

  test('negotiates the tasks of 2025-11-25', async () => {
    const { client, session } = await openSession();
    expect(client.getNegotiatedProtocolVersion()).toBe('2025-11-25');
    expect(session.capabilities).toMatchObject({ execution: true, inputResponses: false });
  });

  test('follows a task to its result', async () => {
    const { session } = await openSession();
    const execution = await session.callTool('add', { a: 2, b: 3 }, AS_TASK);
    expect(execution.kind).toBe('task');
    const seen: (TaskState | undefined)[] = [];
    const { outcome } = await execution.settle({
      onEvent: (event) => void seen.push(taskViewFromExecutionEvent(event)?.status),
    });
    expect(seen).toContain('completed');
    expect(resultFromTaskOutcome(outcome)).toMatchObject({ structuredContent: { sum: 5 } });
  });

  test('gets an immediate result where a tool creates no task', async () => {
    const { session } = await openSession();
    const execution = await session.callTool('greet', { name: 'Ada' });
    expect(execution.kind).toBe('immediate');
    expect(resultFromTaskOutcome((await execution.settle()).outcome)).toMatchObject({
      content: [{ text: 'Hello, Ada!' }],
    });
  });

  test('sees a tool error as a failure with its reason', async () => {
    const { session } = await openSession();
    const { outcome } = await (await session.callTool('fail', {}, AS_TASK)).settle();
    expect(outcome).toMatchObject({ status: 'failed', error: { message: 'The disk is full.' } });
  });

  test('cancels a task, on the server as well', async () => {
    const { session } = await openSession();
    const execution = await session.callTool('wait', {}, AS_TASK);
    if (execution.kind !== 'task') throw new Error('The call created no task.');
    await execution.cancel();
    expect((await execution.result()).status).toBe('cancelled');
    expect((await session.task(execution.handle.taskId).snapshot()).status).toBe('cancelled');
  });

  test('answers an elicitation that arrives on the stream of the result', async () => {
    const asked: unknown[] = [];
    const { session, client } = await openSession(async (request) => {
      asked.push(request.params?.message);
      return { action: 'accept', content: { name: 'Ada', pieces: 2, size: 'large', extras: ['milk'] } } as never;
    });
    const execution = await session.callTool('order', {}, AS_TASK);
    if (execution.kind !== 'task') throw new Error('The call created no task.');
    const { taskId } = execution.handle;
    // ext-tasks requests the result once there is one; questions go to a client that requests it earlier.
    const blocking = client.request({ method: 'tasks/result', params: { taskId } }, z.looseObject({}));
    const { outcome } = await execution.settle();
    expect(resultFromTaskOutcome(outcome)).toMatchObject({
      structuredContent: { action: 'accept', content: { name: 'Ada' } },
    });
    expect(await blocking).toMatchObject({ structuredContent: { action: 'accept' } });
    expect(asked).toEqual(['What would you like?']);
  });
});
