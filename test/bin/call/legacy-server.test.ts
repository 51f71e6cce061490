import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCallInChild, spawnCallCommand } from './call-command.ts';
import { type LegacyServer, startLegacyServer } from './legacy-server.ts';

describe('npm run call, with a server that speaks only 2025-11-25', () => {
  let server: LegacyServer;
  beforeAll(async () => {
    server = await startLegacyServer();
  });
  afterAll(() => server.stop());
  const call = (...args: string[]) => runCallInChild(...args, '--url', server.url);

  test('lists the tools', async () => {
    expect(await call()).toMatchObject({ status: 0, stdout: expect.stringContaining('Does add.') });
  });

  test('prints an immediate result', async () => {
    expect(await call('greet')).toMatchObject({ status: 0, stdout: 'Hello!\n' });
  });

  test('follows a task to its result', async () => {
    const { status, stdout, stderr } = await call('add');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '5\n' });
    expect(stderr).toMatch(/^task \S+$/m);
  });

  test('tells a tool error from a protocol error, although both are failed tasks', async () => {
    expect(await call('fail')).toMatchObject({ status: 1, stdout: 'The disk is full.\n' });
  });

  test('answers a question that arrives on the stream of tasks/result', async () => {
    expect(await call('ask', '--answer', 'name=Ada')).toMatchObject({ status: 0, stdout: 'Hello, Ada!\n' });
  });

  test('cancels the task when a question cannot be answered', async () => {
    const { status, stderr } = await call('ask');
    expect(status).toBe(1);
    expect(stderr).toContain('--answer name=STRING');
    expect(stderr).toContain('Cancelled.');
  });

  test('cancels the task on Ctrl-C', async () => {
    const { child, ended, waitForOutput } = spawnCallCommand(['wait', '--url', server.url]);
    const id = (await waitForOutput(/task \S+/)).slice('task '.length);
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
    expect((await server.tasks.getTask(id))?.status).toBe('cancelled');
  });
});
