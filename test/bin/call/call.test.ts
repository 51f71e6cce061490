import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { connect } from '../../../bin/call/connection.ts';
import { useTestStack } from '../../support/stack.ts';
import { runCallInChild, spawnCallCommand } from './call-command.ts';

describe('npm run call', () => {
  const stack = useTestStack({
    server: fileURLToPath(new URL('../../support/servers/clients.ts', import.meta.url)),
    environment: { HEARTBEAT_MS: '500' },
  });
  const call = (...args: string[]) => runCallInChild(...args, '--url', stack().url);

  test('lists the tools when none is named', async () => {
    const { status, stdout } = await call();
    expect(status).toBe(0);
    expect(stdout).toContain('add { a: number, b: number }');
    expect(stdout).toContain('Adds two numbers, as a task.');
  });

  test('lists the tools as JSON', async () => {
    const { stdout } = await call('--json');
    expect(JSON.parse(stdout).tools.map((tool: { name: string }) => tool.name)).toContain('prepared');
  });

  test('prints the result on stdout and the status on stderr', async () => {
    const { status, stdout, stderr } = await call('add', '{"a": 2, "b": 3}');
    expect({ status, stdout: JSON.parse(stdout) }).toEqual({ status: 0, stdout: { sum: 5 } });
    expect(stderr).toContain('working');
  });

  test('prints the raw result with --json', async () => {
    const { status, stdout } = await call('add', '{"a": 2, "b": 3}', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ structuredContent: { sum: 5 }, content: [{ type: 'text' }] });
  });

  test('prints an immediate result', async () => {
    expect(await call('greet', '{"name": "Ada"}')).toMatchObject({ status: 0, stdout: 'Hello, Ada!\n' });
  });

  test('exits 1 on a tool error', async () => {
    expect(await call('fail')).toMatchObject({ status: 1, stdout: 'The disk is full.\n' });
  });

  test('exits 2 on a protocol error, of the call or of the task', async () => {
    const refused = await call('refuse', '--json');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('Protocol error -32050: Quota exceeded.');
    expect(JSON.parse(refused.stdout)).toEqual({
      error: { code: -32050, message: 'Quota exceeded.', data: { limit: 3 } },
    });
    const unknown = await call('no_such_tool');
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain('Protocol error -32602');
  });

  test('exits 2 with one line when nothing listens at the URL', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as { port: number };
    free.close();
    await once(free, 'close');
    const { status, stderr } = await runCallInChild('add', '--url', `http://127.0.0.1:${port}/mcp`);
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^Cannot connect to .*: connection refused\./)]);
  });

  test.each([
    ['arguments that are not JSON', ['add', '{']],
    ['arguments that are not an object', ['add', '[1]']],
    ['an unknown option', ['--fast']],
    ['an answer without a value', ['order', '--answer', 'name']],
    ['a header without a name', ['--header', 'nothing']],
    ['a malformed URL', ['--url', 'nowhere']],
  ])('exits 64 on %s', async (_what, args) => {
    expect((await runCallInChild(...args)).status).toBe(64);
  });

  test('prints its help', async () => {
    expect(await runCallInChild('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('--answer KEY=VALUE'),
    });
  });

  test('answers a form from --answer, each value read by its field', async () => {
    const answers = ['name=Ada', 'pieces=2', 'weight=1.5', 'size=large', 'extras=milk,cinnamon'];
    const { status, stdout, stderr } = await call('order', ...answers.flatMap((answer) => ['--answer', answer]));
    expect(stderr).toContain('What would you like?');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      action: 'accept',
      content: { name: 'Ada', pieces: 2, weight: 1.5, gift: false, size: 'large', extras: ['milk', 'cinnamon'] },
    });
  });

  test('answers questions of an inline call from --answer', async () => {
    expect(await call('prepared', '--answer', 'name=Alan')).toMatchObject({ status: 0, stdout: 'Done for Alan.\n' });
  });

  test('declines a form or confirms a URL with --answer', async () => {
    expect((await call('order', '--answer', 'decline')).stdout).toContain('decline');
    const visited = await call('visit', '--answer', 'accept');
    expect(visited).toMatchObject({ status: 0, stdout: 'Visit: accept\n' });
    expect(visited.stderr).toContain('https://example.com/sign-in');
  });

  test('cancels the task when a question cannot be answered, and says how to answer it', async () => {
    const { status, stderr } = await call('order', '--answer', 'name=Ada');
    expect(status).toBe(1);
    expect(stderr).toContain('--answer pieces=INTEGER');
    expect(stderr).toContain('--answer size=small|large');
    expect(stderr).toContain('Cancelled.');
  });

  test('cancels the task when an answer does not fit', async () => {
    const { status, stderr } = await call('order', '--answer', 'pieces=many');
    expect(status).toBe(1);
    expect(stderr).toContain('--answer pieces=many does not fit. The answer must be a number.');
  });

  test('cancels the task on Ctrl-C', async () => {
    const { child, ended, waitForOutput } = spawnCallCommand(['wait', '--url', stack().url]);
    const id = (await waitForOutput(/task \S+/)).slice('task '.length);
    await waitForOutput(/Waiting/);
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(130);
    expect(stderr).toContain('Cancelled.');
    const { session, close } = await connect({ url: new URL(stack().url) });
    expect((await session.task(id as Parameters<typeof session.task>[0]).snapshot()).status).toBe('cancelled');
    await close();
  });

  test('cancels a task that takes longer than --timeout', async () => {
    let stderr = '';
    // Until there is a task by then: a busy machine may need longer for the call itself.
    for (let seconds = 1; !/^task \S+$/m.test(stderr); seconds *= 2) {
      const command = await call('wait', '--timeout', String(seconds));
      expect(command.status).toBe(1);
      stderr = command.stderr;
    }
    expect(stderr).toContain('Timed out after ');
    expect(stderr).toContain('Cancelled.');
  });
});
