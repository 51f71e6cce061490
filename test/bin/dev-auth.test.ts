import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectSignedIn, MemoryOAuthProvider } from '../support/oauth-client.ts';

const WAIT_TIMEOUT_MS = 60_000;
const main = fileURLToPath(new URL('../../bin/dev.ts', import.meta.url));
const server = fileURLToPath(new URL('../support/servers/guarded.ts', import.meta.url));

function startDevCommand(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { all: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      said.all += text;
    });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, said, ended };
}

test('npm run dev -- --auth jwt: a client signs in at the issuer that it starts, and both end together', {
  timeout: 2 * WAIT_TIMEOUT_MS,
}, async () => {
  const { child, said, ended } = startDevCommand('--auth', 'jwt', '--port', '0', '--workers', '1', '--server', server);
  const found = await vi.waitFor(() => {
    const [endpoint, issuer] = [/^MCP endpoint: (\S+)$/m.exec(said.all), /^OAuth issuer: (\S+)$/m.exec(said.all)];
    expect(endpoint && issuer, said.all).toBeTruthy();
    return { endpoint: endpoint?.[1] ?? '', issuer: issuer?.[1] ?? '' };
  }, WAIT_TIMEOUT_MS);
  expect((await fetch(found.endpoint, { method: 'POST' })).status).toBe(401);
  const { client } = await connectSignedIn(found.endpoint, new MemoryOAuthProvider('anna'));
  const called = await client.callTool({ name: 'echo', arguments: { words: 'hello' } });
  expect(called).toMatchObject({ content: [{ text: 'hello' }] });
  await client.close();
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  await expect(fetch(`${found.issuer}/jwks`)).rejects.toThrow();
});

test('npm run dev -- --auth iam says that it needs AWS', { timeout: WAIT_TIMEOUT_MS }, async () => {
  const { said, ended } = startDevCommand('--auth', 'iam');
  expect((await ended)[0]).toBe(2);
  expect(said.all).toContain('--auth is none or jwt (the other ways need AWS)');
});
