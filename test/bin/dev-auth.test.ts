import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectSignedIn, MemoryOAuthProvider } from '../support/oauth-client.ts';

/** Only a hang takes this long (ms). */
const WAIT_TIMEOUT_MS = 600_000;
const DEV_COMMAND_PATH = fileURLToPath(new URL('../../bin/dev.ts', import.meta.url));
const SERVER_PATH = fileURLToPath(new URL('../support/servers/guarded.ts', import.meta.url));

function startDevCommand(...args: string[]) {
  const child = spawn(process.execPath, [DEV_COMMAND_PATH, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output.text += text;
    });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output, ended };
}

test('npm run dev -- --auth jwt starts an issuer at which a client signs in, and stops it at the end', async () => {
  const { child, output, ended } = startDevCommand(
    '--auth',
    'jwt',
    '--port',
    '0',
    '--workers',
    '1',
    '--server',
    SERVER_PATH,
  );
  const urls = await vi.waitFor(() => {
    const [endpoint, issuer] = [/^MCP endpoint: (\S+)$/m.exec(output.text), /^OAuth issuer: (\S+)$/m.exec(output.text)];
    expect(endpoint && issuer, output.text).toBeTruthy();
    return { endpoint: endpoint?.[1] ?? '', issuer: issuer?.[1] ?? '' };
  }, WAIT_TIMEOUT_MS);
  expect((await fetch(urls.endpoint, { method: 'POST' })).status).toBe(401);
  const { client } = await connectSignedIn(urls.endpoint, new MemoryOAuthProvider('anna'));
  const called = await client.callTool({ name: 'echo', arguments: { words: 'hello' } });
  expect(called).toMatchObject({ content: [{ text: 'hello' }] });
  await client.close();
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  await expect(fetch(`${urls.issuer}/jwks`)).rejects.toThrow();
});

test('npm run dev -- --auth iam says that it needs AWS', async () => {
  const { output, ended } = startDevCommand('--auth', 'iam');
  expect((await ended)[0]).toBe(2);
  expect(output.text).toContain('--auth must be none or jwt (the other kinds need AWS)');
});
