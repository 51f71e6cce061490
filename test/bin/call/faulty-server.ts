/** A server that does what ours never does: a hand-written one, so that the client can be shown to cope. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Rpc = { readonly id: number; readonly method: string; readonly params: Record<string, unknown> };

export interface TroubledServer {
  readonly url: string;
  /** Methods in the order in which they came. */
  readonly received: readonly string[];
  stop(): Promise<void>;
}

/** What is answered to one request: a result, or an HTTP status without a body. */
export type Answer = Record<string, unknown> | number;

const REVISION = '2026-07-28';
const COMMON: Record<string, Answer> = {
  'server/discover': {
    resultType: 'complete',
    supportedVersions: [REVISION],
    capabilities: { tools: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } },
    ttlMs: 0,
    cacheScope: 'private',
  },
  'tools/list': {
    resultType: 'complete',
    tools: [{ name: 'work', inputSchema: { type: 'object' } }],
    ttlMs: 0,
    cacheScope: 'private',
  },
  'tasks/update': { resultType: 'complete' },
  'tasks/cancel': { resultType: 'complete' },
};

/** A task as such a server describes it. */
export const task = (status: string, more: Record<string, unknown> = {}) => ({
  taskId: 'task-of-the-troubled',
  status,
  createdAt: '2026-08-01T00:00:00Z',
  lastUpdatedAt: '2026-08-01T00:00:00Z',
  ttlMs: null,
  pollIntervalMs: 10,
  ...more,
});

/** @param answer what it answers besides the common; `seen` counts how often the method came before */
export async function startTroubledServer(
  answer: (method: string, seen: number) => Answer | Promise<Answer | undefined> | undefined,
): Promise<TroubledServer> {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const { id, method } = await bodyOf(request);
    const seen = received.filter((before) => before === method).length;
    received.push(method);
    const result = (await answer(method, seen)) ?? COMMON[method] ?? 404;
    if (typeof result === 'number') response.writeHead(result).end();
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    received,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Rpc> {
  return JSON.parse((await text(request)) || '{}') as Rpc;
}
