/** A hand-written server with faults that ours does not have, to test how the client copes. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type FaultyServerRequest = { readonly id: number; readonly method: string; readonly params: Record<string, unknown> };

export interface FaultyServer {
  readonly url: string;
  /** The methods of the requests, in order of arrival. */
  readonly receivedMethods: readonly string[];
  stop(): Promise<void>;
}

/** The response to one request: a result, or an HTTP status without a body. */
export type FaultyServerResult = Record<string, unknown> | number;

const REVISION = '2026-07-28';
const DEFAULT_RESULTS: Record<string, FaultyServerResult> = {
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

/** A task as this server describes it. */
export const buildWireTask = (status: string, more: Record<string, unknown> = {}) => ({
  taskId: 'task-of-the-faulty-server',
  status,
  createdAt: '2026-08-01T00:00:00Z',
  lastUpdatedAt: '2026-08-01T00:00:00Z',
  ttlMs: null,
  pollIntervalMs: 10,
  ...more,
});

/** @param respond overrides the default results; `seen` is how often the method was requested before */
export async function startFaultyServer(
  respond: (method: string, seen: number) => FaultyServerResult | Promise<FaultyServerResult | undefined> | undefined,
): Promise<FaultyServer> {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const { id, method } = await readRequestBody(request);
    const seen = received.filter((before) => before === method).length;
    received.push(method);
    const result = (await respond(method, seen)) ?? DEFAULT_RESULTS[method] ?? 404;
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
    receivedMethods: received,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function readRequestBody(request: IncomingMessage): Promise<FaultyServerRequest> {
  return JSON.parse((await text(request)) || '{}') as FaultyServerRequest;
}
