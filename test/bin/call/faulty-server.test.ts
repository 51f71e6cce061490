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

describe('npm run call, with a server in trouble', () => {
  let server: FaultyServer;
  afterEach(() => server.stop());

  const run = async (
    answers: Record<string, (seen: number) => FaultyServerResult | Promise<FaultyServerResult>>,
    ...args: string[]
  ) => {
    server = await startFaultyServer((method, seen) => answers[method]?.(seen));
    return runCallInChild('work', '--url', server.url, ...args);
  };
  const times = (method: string) => server.receivedMethods.filter((one) => one === method).length;

  test('gives up on one that goes on asking what was answered, and cancels the task', async () => {
    const { status, stderr } = await run(
      { 'tools/call': () => created, 'tasks/get': () => buildInputRequiredTask('same') },
      '--answer',
      'sure=yes',
    );
    expect(status).toBe(2);
    expect(stderr).toContain('still says input_required without a new question');
    expect(times('tasks/update')).toBe(1);
    expect(times('tasks/cancel')).toBe(1);
  });

  test('gives up on one that asks anew without end', async () => {
    const { status } = await run(
      { 'tools/call': () => created, 'tasks/get': (seen) => buildInputRequiredTask(`question ${seen}`) },
      '--answer',
      'sure=yes',
    );
    expect(status).toBe(2);
    expect(times('tasks/update')).toBe(50);
  });

  test('goes on polling when the server was away for a moment', async () => {
    const { status, stdout } = await run({
      'tools/call': () => created,
      'tasks/get': (seen) => (seen < 2 ? 503 : completed),
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'Done.\n' });
  });

  test('does not call a second time when the answer to the call was lost', async () => {
    const { status, stderr } = await run({ 'tools/call': () => 503 });
    expect(status).toBe(2);
    expect(stderr).toContain('answered HTTP 503');
    expect(times('tools/call')).toBe(1);
  });

  test('takes a server that speaks something else for what it is', async () => {
    const { status, stderr } = await run({ 'server/discover': () => 500, initialize: () => 500 });
    expect(status).toBe(2);
    expect(stderr).toContain('HTTP 500');
  });

  test('cancels a task that was made while Ctrl-C was pressed', async () => {
    const called = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<FaultyServerResult>();
    server = await startFaultyServer((method) => {
      if (method !== 'tools/call') return undefined;
      called.resolve();
      return answer.promise;
    });
    const { child, ended, waitForOutput } = spawnCallCommand(['work', '--url', server.url]);
    await called.promise;
    child.kill('SIGINT');
    await waitForOutput(/Stopping/);
    answer.resolve(created);
    expect((await ended).status).toBe(130);
    expect(times('tasks/cancel')).toBe(1);
  });

  test('exits at once on the second Ctrl-C', async () => {
    server = await startFaultyServer((method) => (method === 'tools/call' ? new Promise<never>(() => {}) : undefined));
    const { child, ended, waitForOutput } = spawnCallCommand(['work', '--url', server.url]);
    await waitForOutput(/calling/);
    child.kill('SIGINT');
    await waitForOutput(/Stopping/);
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
  });
});
