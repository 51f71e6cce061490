/** The promises to clients with tasks of 2026-07-28, tested with the official packages. */
import {
  type ApplicationInputRequest,
  resultFromTaskOutcome,
  type SerializedTaskReference,
  type TaskState,
  taskViewFromExecutionEvent,
} from '@modelcontextprotocol/ext-tasks/client';
import { afterEach, expect, test } from 'vitest';
import { type Connection, type ConnectionOptions, connect } from '../../bin/call/connection.ts';

/** @param url where `test/support/servers/clients.ts` is served */
export function testExtTasksClient(url: () => string): void {
  let connections: Connection[] = [];

  afterEach(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    connections = [];
  });

  const openConnection = async (options: Omit<ConnectionOptions, 'url'> = {}) => {
    const connection = await connect({ url: new URL(url()), ...options });
    connections.push(connection);
    return connection;
  };

  /** Answers each form by its message, and records the messages. */
  const createFormAnswers = (answers: Record<string, Record<string, string | boolean>>) => {
    const asked: string[] = [];
    const onInputRequest: ConnectionOptions['onInputRequest'] = async (request: ApplicationInputRequest) => {
      const message = String(request.params?.message);
      asked.push(message);
      const content = answers[message];
      return (content ? { action: 'accept', content } : { action: 'decline' }) as never;
    };
    return { asked, onInputRequest };
  };

  test('negotiates the tasks of 2026-07-28', async () => {
    const { client, taskProtocol } = await openConnection();
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    expect(taskProtocol).toBe('v2');
  });

  test('gets an immediate result where the server creates no task', async () => {
    const { session } = await openConnection();
    const execution = await session.callTool('greet', { name: 'Ada' });
    expect(execution.kind).toBe('immediate');
    const { outcome } = await execution.settle();
    expect(resultFromTaskOutcome(outcome)).toMatchObject({ content: [{ type: 'text', text: 'Hello, Ada!' }] });
  });

  test('follows a task to its result', async () => {
    const { session } = await openConnection();
    const execution = await session.callTool('add', { a: 2, b: 3 });
    expect(execution.kind).toBe('task');
    const seen: (TaskState | undefined)[] = [];
    const { outcome } = await execution.settle({
      onEvent: (event) => void seen.push(taskViewFromExecutionEvent(event)?.status),
    });
    expect(seen[0]).toBe('working');
    expect(seen).toContain('completed');
    expect(resultFromTaskOutcome(outcome)).toMatchObject({ structuredContent: { sum: 5 } });
  });

  test('gets a tool error as a completed task with isError', async () => {
    const { session } = await openConnection();
    const { outcome } = await (await session.callTool('fail', {})).settle();
    expect(outcome).toMatchObject({
      status: 'completed',
      result: { isError: true, content: [{ type: 'text', text: 'The disk is full.' }] },
    });
  });

  test('gets a protocol error as a failed task, with code, message and data', async () => {
    const { session } = await openConnection();
    const { outcome } = await (await session.callTool('refuse', {})).settle();
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { code: -32050, message: 'Quota exceeded.', data: { limit: 3 } },
    });
  });

  test('learns at once which arguments are invalid, and no task is created', async () => {
    const { session } = await openConnection();
    const execution = await session.callTool('add', { a: 'two', b: 3 });
    expect(execution.kind).toBe('immediate');
    const { outcome } = await execution.settle();
    expect(outcome).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringMatching(/\ba\b.*number/) }] },
    });
  });

  test('answers an elicitation through tasks/update', async () => {
    const { onInputRequest, asked } = createFormAnswers({
      'What would you like?': { name: 'Ada', pieces: 2, size: 'large', extras: ['milk'] } as never,
    });
    const { session } = await openConnection({ onInputRequest });
    const execution = await session.callTool('order', {});
    const statuses = new Set<TaskState | undefined>();
    const { outcome } = await execution.settle({
      onEvent: (event) => void statuses.add(taskViewFromExecutionEvent(event)?.status),
    });
    expect(asked).toEqual(['What would you like?']);
    expect(statuses).toContain('input_required');
    expect(resultFromTaskOutcome(outcome)).toMatchObject({
      structuredContent: { action: 'accept', content: { name: 'Ada', pieces: 2, size: 'large', extras: ['milk'] } },
    });
  });

  test('answers two inputs at once', async () => {
    const { onInputRequest, asked } = createFormAnswers({
      'Who are you?': { name: 'Grace' },
      'Are you sure?': { sure: true },
    });
    const { session } = await openConnection({ onInputRequest });
    const { outcome } = await (await session.callTool('both', {})).settle();
    expect(asked.toSorted()).toEqual(['Are you sure?', 'Who are you?']);
    expect(resultFromTaskOutcome(outcome)).toMatchObject({ content: [{ text: 'Grace is sure.' }] });
  });

  test('answers in round trips of the call, then follows the task', async () => {
    const { onInputRequest, asked } = createFormAnswers({ 'For whom?': { name: 'Alan' } });
    const { session } = await openConnection({ onInputRequest });
    const execution = await session.callTool('prepared', {});
    expect(asked).toEqual(['For whom?']);
    expect(execution.kind).toBe('task');
    const { outcome } = await execution.settle();
    expect(resultFromTaskOutcome(outcome)).toMatchObject({ content: [{ text: 'Done for Alan.' }] });
  });

  test('creates no task when the question before it is declined', async () => {
    const { onInputRequest } = createFormAnswers({});
    const { session } = await openConnection({ onInputRequest });
    const execution = await session.callTool('prepared', {});
    expect(execution.kind).toBe('immediate');
    expect((await execution.settle()).outcome).toMatchObject({ status: 'completed', result: { isError: true } });
  });

  test('cancels a task, on the server as well', async () => {
    const { session } = await openConnection();
    const execution = await session.callTool('wait', {});
    if (execution.kind !== 'task') throw new Error('The call created no task.');
    const { taskId } = execution.handle;
    await execution.cancel();
    expect((await execution.result()).status).toBe('cancelled');
    expect((await session.task(taskId).snapshot()).status).toBe('cancelled');
  });

  test('resumes a task from a stored reference, in another session', async () => {
    const first = await openConnection();
    const execution = await first.session.callTool('order', {});
    if (execution.kind !== 'task') throw new Error('The call created no task.');
    let stored = '';
    await execution.handoff((reference) => {
      stored = JSON.stringify(reference);
    });

    const { onInputRequest } = createFormAnswers({
      'What would you like?': { name: 'Later', pieces: 1, size: 'small', extras: ['sugar'] } as never,
    });
    const second = await openConnection({ onInputRequest });
    const resumed = await second.session.resumeTask(JSON.parse(stored) as SerializedTaskReference);
    const { outcome } = await resumed.settle();
    expect(resultFromTaskOutcome(outcome)).toMatchObject({ structuredContent: { content: { name: 'Later' } } });
  });
}
