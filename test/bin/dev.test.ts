import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { isAlive, listDescendants } from '../support/processes.ts';
import { sendRpc } from '../support/rpc.ts';

/** Only a hang takes this long (ms). */
const WAIT_TIMEOUT_MS = 600_000;
const DEV_COMMAND_PATH = fileURLToPath(new URL('../../bin/dev.ts', import.meta.url));
const SERVER_PATH = fileURLToPath(new URL('../lib/local/fixtures/server.ts', import.meta.url));
const running = new Set<ReturnType<typeof startDev>>();
afterEach(async () => {
  for (const each of running) {
    each.child.kill('SIGKILL');
    await each.ended;
  }
  running.clear();
});

/** `npm run dev -- …` without npm. */
function startDev(...args: string[]) {
  const child = spawn(process.execPath, [DEV_COMMAND_PATH, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }));
  const dev = {
    child,
    output,
    ended,
    pid: child.pid as number,
    endpoint: () =>
      vi.waitFor(() => {
        const line = /^MCP endpoint: (http:\S+)$/m.exec(output.stdout);
        expect(line, output.stderr).not.toBeNull();
        return line?.[1] ?? '';
      }, WAIT_TIMEOUT_MS),
    workers: () => [...output.stderr.matchAll(/^worker (\d+) started$/gm)].map(([, pid]) => Number(pid)),
  };
  running.add(dev);
  return dev;
}

const waitUntilGone = (pids: number[]) => vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), WAIT_TIMEOUT_MS);

describe('npm run dev', () => {
  test('prints the endpoint, replaces a dead worker, and leaves nothing running after two signals', async () => {
    const stack = startDev('--port', '0', '--workers', '2', '--server', SERVER_PATH);
    const url = await stack.endpoint();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
    expect(stack.output.stdout).toBe(`MCP endpoint: ${url}\n`);
    expect(stack.output.stderr).toMatch(
      /^External function: aws lambda invoke --endpoint-url http:\/\/127\.0\.0\.1:\d+ --function-name McpExternal\w+ .*$/m,
    );
    expect(await sendRpc(url, 'tools/call', { name: 'who_am_i', arguments: {} })).toMatchObject({ status: 200 });

    const workers = stack.workers();
    expect(workers).toHaveLength(2);
    expect(listDescendants(stack.pid)).toEqual(expect.arrayContaining(workers));
    process.kill(workers[0] as number, 'SIGKILL');
    await vi.waitFor(() => expect(stack.workers()).toHaveLength(3), WAIT_TIMEOUT_MS);

    const children = listDescendants(stack.pid);
    // Two workers, an API process, and the embedded DynamoDB.
    expect(children.length).toBeGreaterThanOrEqual(4);
    stack.child.kill('SIGTERM');
    stack.child.kill('SIGINT');
    expect(await stack.ended).toMatchObject({ code: 0, signal: null });
    expect(children.filter(isAlive)).toEqual([]);
    expect(stack.output.stdout).toBe(`MCP endpoint: ${url}\n`);
  });

  test('ends cleanly on SIGINT, even while it starts', async () => {
    const stack = startDev('--port', '0', '--workers', '1', '--server', SERVER_PATH);
    await vi.waitFor(() => expect(stack.workers()).toHaveLength(1), WAIT_TIMEOUT_MS);
    const children = listDescendants(stack.pid);
    stack.child.kill('SIGINT');
    expect(await stack.ended).toMatchObject({ code: 0, signal: null });
    expect(children.filter(isAlive)).toEqual([]);
  });

  test('leaves no process and no file behind when it is killed', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'mcp-tasks-test-'));
    onTestFinished(() => rmSync(temporary, { recursive: true }));
    vi.stubEnv('TMPDIR', temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    const stack = startDev('--port', '0', '--workers', '2', '--server', SERVER_PATH);
    await stack.endpoint();
    const children = listDescendants(stack.pid);
    expect(children.length).toBeGreaterThanOrEqual(4);
    stack.child.kill('SIGKILL');
    await waitUntilGone(children);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('ends when the npm that ran it is killed', async () => {
    // npm passes a signal to a shell, and not every shell passes it on.
    const npm = spawn(
      '/bin/sh',
      ['-c', '"$@" & echo $!; wait', 'sh', process.execPath, DEV_COMMAND_PATH, '--port', '0', '--workers', '1'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, npm_lifecycle_event: 'dev' },
      },
    );
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    await vi.waitFor(() => expect(output).toContain('MCP endpoint: '), WAIT_TIMEOUT_MS);
    const stack = Number(output.split('\n')[0]);
    const processes = [stack, ...listDescendants(stack)];
    npm.kill('SIGKILL');
    await waitUntilGone(processes);
  });

  test('listens on 127.0.0.1 only', async () => {
    const stack = startDev('--port', '0', '--workers', '1', '--server', SERVER_PATH);
    const { port } = new URL(await stack.endpoint());
    const canConnect = async (host: string) => {
      const socket = connect({ host, port: Number(port), timeout: 2_000 });
      try {
        await once(socket, 'connect');
        return true;
      } catch {
        return false;
      } finally {
        socket.destroy();
      }
    };
    expect(await canConnect('127.0.0.1')).toBe(true);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ address, family }) => address !== '127.0.0.1' && family === 'IPv4')
      .map(({ address }) => address);
    for (const host of [...others, '127.0.0.2', '::1']) expect([host, await canConnect(host)]).toEqual([host, false]);
  });
});

describe('npm run dev fails in one line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-tasks-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const expectRefusal = async (...args: string[]) => {
    const { code, stdout, stderr } = await startDev(...args).ended;
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return { code, stderr };
  };

  test('on a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await expectRefusal('--port', String(port), '--server', SERVER_PATH);
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is in use`);
    other.close();
  });

  test.each([
    ['that does not exist', undefined, /server\.mjs cannot be loaded: Cannot find module/],
    ['that throws', 'throw new Error("no\\n  key")', /server\.mjs cannot be loaded: no key/],
  ])('on a server module %s', async (_, text, reason) => {
    const file = join(folder, 'server.mjs');
    if (text) writeFileSync(file, text);
    const { code, stderr } = await expectRefusal('--port', '0', '--server', file);
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
  });

  test('on a DynamoDB that does not answer', async () => {
    const { code, stderr } = await expectRefusal(
      '--port',
      '0',
      '--dynamodb',
      'http://127.0.0.1:1',
      '--server',
      SERVER_PATH,
    );
    expect(code).toBe(1);
    expect(stderr).toContain('http://127.0.0.1:1');
  });

  test.each([
    [['--prot', '3000'], /--prot/],
    [['--port', 'high'], /--port must be a whole number from 0 to 65535, not "high"/],
    [['--port', '70000'], /--port/],
    [['--workers', '0'], /--workers must be a whole number from 1/],
    [['--dynamodb', 'postgres'], /--dynamodb must be embedded, local or a URL, not "postgres"/],
    [['extra'], /extra/],
  ])('on %j', async (args, reason) => {
    const { code, stderr } = await expectRefusal(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(reason);
  });
});

test('--help explains every option', async () => {
  const { code, stdout } = await startDev('--help').ended;
  expect(code).toBe(0);
  for (const option of ['--port', '--dynamodb', '--server', '--workers']) expect(stdout).toContain(option);
});
