import { afterEach, describe, expect, test } from 'vitest';
import { runCallInChild, spawnCallCommand } from './call-command.ts';
import { buildWireTask, type FaultyServer, type FaultyServerResult, startFaultyServer } from './faulty-server.ts';

const created = { resultType: 'task', ...buildWireTask('working') };
const completed = {
  resultType: 'complete',
  ...buildWireTask('completed', { result: { resultType: 'complete', content: [{ type: 'text', text: 'Done.' }] } }),
};
const question = {
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message: 'Sure?',
    requestedSchema: { type: 'object', properties: { sure: { type: 'boolean' } }, required: ['sure'] },
  },
};
const buildInputRequiredTask = (key: string) => ({
  resultType: 'complete',
  ...buildWireTask('input_required', { inputRequests: { [key]: question } }),
});

describe('npm run call, with a faulty server', () => {
  let server: FaultyServer;
  afterEach(() => server.stop());

  const run = async (
    results: Record<string, (seen: number) => FaultyServerResult | Promise<FaultyServerResult>>,
    ...args: string[]
  ) => {
    server = await startFaultyServer((method, seen) => results[method]?.(seen));
    return runCallInChild('work', '--url', server.url, ...args);
  };
  const countRequests = (method: string) => server.receivedMethods.filter((one) => one === method).length;

  test('gives up on a server that keeps asking an answered question, and cancels the task', async () => {
    const { status, stderr } = await run(
      { 'tools/call': () => created, 'tasks/get': () => buildInputRequiredTask('same') },
      '--answer',
      'sure=yes',
    );
    expect(status).toBe(2);
    expect(stderr).toContain('still reports input_required without a new question');
    expect(countRequests('tasks/update')).toBe(1);
    expect(countRequests('tasks/cancel')).toBe(1);
  });

  test('gives up on a server that asks new questions endlessly', async () => {
    const { status } = await run(
      { 'tools/call': () => created, 'tasks/get': (seen) => buildInputRequiredTask(`question ${seen}`) },
      '--answer',
      'sure=yes',
    );
    expect(status).toBe(2);
    expect(countRequests('tasks/update')).toBe(50);
  });

  test('keeps polling when the server is unavailable for a moment', async () => {
    const { status, stdout } = await run({
      'tools/call': () => created,
      'tasks/get': (seen) => (seen < 2 ? 503 : completed),
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'Done.\n' });
  });

  test('does not repeat a call whose response was lost', async () => {
    const { status, stderr } = await run({ 'tools/call': () => 503 });
    expect(status).toBe(2);
    expect(stderr).toContain('answered with HTTP 503');
    expect(countRequests('tools/call')).toBe(1);
  });

  test('reports the HTTP status of a server that does not speak MCP', async () => {
    const { status, stderr } = await run({ 'server/discover': () => 500, initialize: () => 500 });
    expect(status).toBe(2);
    expect(stderr).toContain('HTTP 500');
  });

  test('cancels a task that was created while Ctrl-C was pressed', async () => {
    const called = Promise.withResolvers<void>();
    const response = Promise.withResolvers<FaultyServerResult>();
    server = await startFaultyServer((method) => {
      if (method !== 'tools/call') return undefined;
      called.resolve();
      return response.promise;
    });
    const { child, ended, waitForOutput } = spawnCallCommand(['work', '--url', server.url]);
    await called.promise;
    child.kill('SIGINT');
    await waitForOutput(/Stopping/);
    response.resolve(created);
    expect((await ended).status).toBe(130);
    expect(countRequests('tasks/cancel')).toBe(1);
  });

  test('exits at once on a second Ctrl-C', async () => {
    server = await startFaultyServer((method) => (method === 'tools/call' ? new Promise<never>(() => {}) : undefined));
    const { child, ended, waitForOutput } = spawnCallCommand(['work', '--url', server.url]);
    await waitForOutput(/calling/);
    child.kill('SIGINT');
    await waitForOutput(/Stopping/);
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
  });
});
