/** A server of MCP 2025-11-25 with tasks in memory, built with the 1.x SDK, for clients that have to work with it. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InMemoryTaskMessageQueue, InMemoryTaskStore } from '@modelcontextprotocol/sdk/experimental/tasks';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { type CallToolResult, ElicitResultSchema } from '@modelcontextprotocol/sdk/types.js';

type LegacyHandler = (server: McpServer, taskId: string) => Promise<CallToolResult>;
const toTextResult = (text: string, isError = false): CallToolResult => ({
  content: [{ type: 'text', text }],
  isError,
});

const TOOL_HANDLERS: Record<string, LegacyHandler> = {
  add: async () => toTextResult('5'),
  fail: async () => toTextResult('The disk is full.', true),
  wait: () => new Promise(() => {}),
  ask: async (server, taskId) => {
    const answer = await server.server.request(
      {
        method: 'elicitation/create',
        params: {
          mode: 'form',
          message: 'What is your name?',
          requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
        },
      },
      ElicitResultSchema,
      { relatedTask: { taskId } },
    );
    return toTextResult(`Hello, ${answer.content?.name ?? answer.action}!`);
  },
};

function buildLegacyServer(store: InMemoryTaskStore): McpServer {
  const server = new McpServer(
    { name: 'legacy-fixtures', version: '1.0.0' },
    {
      capabilities: { tasks: { cancel: {}, requests: { tools: { call: {} } } } },
      taskStore: store,
      taskMessageQueue: new InMemoryTaskMessageQueue(),
    },
  );
  server.registerTool('greet', { description: 'Greets at once.' }, () => toTextResult('Hello!'));
  for (const [name, handle] of Object.entries(TOOL_HANDLERS)) {
    const config = { description: `Does ${name}.`, execution: { taskSupport: 'required' as const } };
    server.experimental.tasks.registerToolTask(name, config, {
      createTask: async ({ taskStore }) => {
        const task = await taskStore.createTask({ ttl: 60_000, pollInterval: 20 });
        const ended = handle(server, task.taskId).then(async (result) => {
          if (name === 'ask') await taskStore.updateTaskStatus(task.taskId, 'working');
          await taskStore.storeTaskResult(task.taskId, result.isError ? 'failed' : 'completed', result);
        });
        ended.catch(() => {});
        if (name === 'ask') await taskStore.updateTaskStatus(task.taskId, 'input_required');
        return { task };
      },
      getTask: async ({ taskId, taskStore }) => taskStore.getTask(taskId),
      getTaskResult: async ({ taskId, taskStore }) => (await taskStore.getTaskResult(taskId)) as CallToolResult,
    });
  }
  return server;
}

export interface LegacyServer {
  readonly url: string;
  readonly tasks: InMemoryTaskStore;
  stop(): Promise<void>;
}

export async function startLegacyServer(): Promise<LegacyServer> {
  const tasks = new InMemoryTaskStore();
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const http = createServer(async (request, response) => {
    const session = sessions.get(String(request.headers['mcp-session-id']));
    if (session) return session.handleRequest(request, response);
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await buildLegacyServer(tasks).connect(transport as Parameters<McpServer['connect']>[0]);
    await transport.handleRequest(request, response);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    tasks,
    async stop() {
      tasks.cleanup();
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
}
