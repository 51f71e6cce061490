/** The OAuth flow of the official client, against the local stack and its issuer. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { LocalIssuer } from '../../lib/local/issuer.ts';
import { LOCAL_SCOPE, type LocalStack, startLocalStack } from '../../lib/local/stack.ts';
import { connectSignedIn, MemoryOAuthProvider } from '../support/oauth-client.ts';
import { sendRpc } from '../support/rpc.ts';

let stack: LocalStack;
let issuer: LocalIssuer;
beforeAll(async () => {
  stack = await startLocalStack({
    server: fileURLToPath(new URL('../support/servers/guarded.ts', import.meta.url)),
    dynamodb: inject('dynamoDbEndpoint'),
    auth: 'jwt',
    workers: 1,
    quiet: true,
  });
  if (!stack.issuer) throw new Error('The stack has no issuer.');
  issuer = stack.issuer;
});
afterAll(() => stack?.stop());

const buildEchoCall = (words: string) => ({ name: 'echo', arguments: { words } });
async function issueAuthorization(subject: string, claims: Record<string, unknown> = {}) {
  return {
    authorization: `Bearer ${await issuer.issueToken({ sub: subject, client_id: 'app', aud: stack.url, scope: LOCAL_SCOPE, ...claims })}`,
  };
}

describe("the official client's auth provider", () => {
  test('finds the issuer, registers, signs its user in, and calls a tool', async () => {
    const provider = new MemoryOAuthProvider('anna');
    const { client } = await connectSignedIn(stack.url, provider);
    expect(await client.callTool(buildEchoCall('hello'))).toMatchObject({ content: [{ text: 'hello' }] });
    expect(provider.visited).toHaveLength(1);
    const { searchParams } = provider.visited[0] as URL;
    expect(Object.fromEntries(searchParams)).toMatchObject({
      resource: stack.url,
      scope: LOCAL_SCOPE,
      code_challenge_method: 'S256',
    });
    await client.close();
  });

  test('finds the issuer without any header, as behind a gateway that removes WWW-Authenticate', async () => {
    const requestedPaths: string[] = [];
    const withoutHeader: typeof fetch = async (input, init) => {
      requestedPaths.push(new URL(input instanceof Request ? input.url : input).pathname);
      const response = await fetch(input, init);
      const headers = new Headers(response.headers);
      headers.delete('www-authenticate');
      return new Response(response.body, { status: response.status, headers });
    };
    const { client } = await connectSignedIn(stack.url, new MemoryOAuthProvider('anna'), { fetch: withoutHeader });
    expect(await client.callTool(buildEchoCall('hello'))).toMatchObject({ content: [{ text: 'hello' }] });
    expect(requestedPaths).toContain('/.well-known/oauth-protected-resource/mcp');
    await client.close();
  });

  test('requests one more scope when a tool requires it, and keeps the scopes it had', async () => {
    const provider = new MemoryOAuthProvider('anna');
    const { client, call } = await connectSignedIn(stack.url, provider);
    const erased = await call((connected) => connected.callTool({ name: 'erase', arguments: {} }));
    expect(erased).toMatchObject({ content: [{ text: 'erased' }] });
    expect(provider.visited).toHaveLength(2);
    expect(provider.visited[1]?.searchParams.get('scope')?.split(' ').sort()).toEqual(['datasets.write', LOCAL_SCOPE]);
    expect(await client.callTool(buildEchoCall('still here'))).toMatchObject({ content: [{ text: 'still here' }] });
    await client.close();
  });

  test('refreshes a refused token without another sign-in', async () => {
    const provider = new MemoryOAuthProvider('anna');
    const { client } = await connectSignedIn(stack.url, provider);
    provider.corruptAccessToken();
    expect(await client.callTool(buildEchoCall('again'))).toMatchObject({ content: [{ text: 'again' }] });
    expect(provider.visited).toHaveLength(1);
    await client.close();
  });
});

describe('the metadata of the protected resource', () => {
  const origin = () => new URL(stack.url).origin;

  test.each(['', '/mcp'])('is public at the well-known path%s, for the URL of the request', async (path) => {
    const response = await fetch(`${origin()}/.well-known/oauth-protected-resource${path}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      resource: stack.url,
      authorization_servers: [issuer.url],
      scopes_supported: [LOCAL_SCOPE],
      bearer_methods_supported: ['header'],
      resource_name: 'Guarded',
    });
  });

  test('is named in a refusal', async () => {
    const response = await fetch(stack.url, { method: 'POST' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer scope="${LOCAL_SCOPE}", resource_metadata="${origin()}/.well-known/oauth-protected-resource/mcp"`,
    );
  });
});

describe('through the whole stack', () => {
  test('a task belongs to its owner, whichever of the owner’s tokens is used, and to no other caller', async () => {
    const anna = await issueAuthorization('anna');
    const created = await sendRpc(stack.url, 'tools/call', buildEchoCall('mine'), anna);
    const taskId = created.json.result.taskId;
    expect(taskId).toEqual(expect.any(String));
    const again = await issueAuthorization('anna', { client_id: 'another' });
    expect((await sendRpc(stack.url, 'tasks/get', { taskId }, again)).json.result.taskId).toBe(taskId);
    const foreign = await sendRpc(stack.url, 'tasks/get', { taskId }, await issueAuthorization('bert'));
    const unknown = await sendRpc(stack.url, 'tasks/get', { taskId: 'nothing' }, await issueAuthorization('bert'));
    expect(foreign).toEqual(unknown);
    expect(foreign.json.error).toEqual({ code: -32602, message: 'Task not found' });
  });

  test('a token for the endpoint is valid at the streaming one, and required there', async () => {
    const streaming = stack.streamingUrl ?? '';
    expect((await sendRpc(streaming, 'tools/list')).status).toBe(401);
    const listed = await sendRpc(streaming, 'tools/list', {}, await issueAuthorization('anna'));
    expect(listed.json.result.tools.map(({ name }: { name: string }) => name)).toContain('echo');
  });

  test('a token for another server is refused', async () => {
    const headers = await issueAuthorization('anna', { aud: 'https://other.example/mcp' });
    expect((await sendRpc(stack.url, 'tools/call', buildEchoCall('mine'), headers)).status).toBe(401);
  });
});
