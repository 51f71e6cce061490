/** A connection to one server, with tasks, in whichever revision of the protocol the server speaks. */
import { Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import {
  createTaskSessionEndpointId,
  createTaskSessionFromClient,
  type JsonRpcResponse,
  type TaskEnabledSession,
  toolDeclarationFromMcpTool,
  type WithTasksOptions,
} from '@modelcontextprotocol/ext-tasks/client';
import type { JsonValue } from '@modelcontextprotocol/ext-tasks/core';
import { buildParamHeaders } from './param-headers.ts';
import { createRawDispatch } from './raw-dispatch.ts';

const CLIENT_INFO = { name: 'mcp-tasks-call', version: '0.1.0' };
/** This client can be asked for forms and URLs. */
const CLIENT_CAPABILITIES = { elicitation: { form: {}, url: {} } };
const TASKS_CAPABILITY = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

export interface ConnectionOptions {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onInputRequest?: WithTasksOptions['onInputRequest'];
  /** Sees every result of `tasks/get`. */
  readonly onTask?: (task: Readonly<Record<string, JsonValue>>) => void;
  /** Upper bound on rounds of questions. Default: none. */
  readonly maxInputRounds?: number;
}

export interface Connection {
  readonly client: Client;
  readonly session: TaskEnabledSession;
  readonly tools: readonly Tool[];
  /** The protocol of the server's tasks: `v2` (2026-07-28), `v1` (2025-11-25) or none. */
  readonly taskProtocol: 'v2' | 'v1' | 'none';
  /** Resolves when every request that was sent has got its response. */
  waitUntilIdle(): Promise<void>;
  close(): Promise<void>;
}

/** Connect and list the tools. @throws the client's errors when the server cannot be reached or is not MCP */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const { url, headers = {} } = options;
  const client = new Client(CLIENT_INFO, {
    capabilities: { ...CLIENT_CAPABILITIES, ...TASKS_CAPABILITY },
    versionNegotiation: { mode: 'auto' },
  });
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers: { ...headers } } }));
  const { tools } = client.getServerCapabilities()?.tools ? await client.listTools() : { tools: [] };
  const byName = new Map(tools.map((tool) => [tool.name, tool]));

  const raw = await createRawDispatch({
    url,
    headers,
    headersFor: ({ method, params }) =>
      method === 'tools/call'
        ? buildParamHeaders(byName.get(String(params?.name))?.inputSchema, params?.arguments)
        : {},
    onResponse: ({ method }, response) => {
      if (method === 'tasks/get' && isTaskResponse(response)) options.onTask?.(response.result);
    },
  });
  const session = createTaskSessionFromClient(client, {
    endpointId: await createTaskSessionEndpointId('mcp-tasks-call', { url: url.href }),
    rawDispatch: raw.dispatch,
    v2RequestFraming: {
      protocolVersion: client.getNegotiatedProtocolVersion() ?? '2026-07-28',
      clientInfo: CLIENT_INFO,
      clientCapabilities: CLIENT_CAPABILITIES,
    },
    tools: {
      currentTool: (name) => {
        const tool = byName.get(name);
        return tool && toolDeclarationFromMcpTool(tool);
      },
    },
    ...(options.onInputRequest && { onInputRequest: options.onInputRequest }),
    ...(options.maxInputRounds !== undefined && { maxInputRounds: options.maxInputRounds }),
  });
  const { execution, inputResponses } = session.capabilities;
  return {
    client,
    session,
    tools,
    taskProtocol: inputResponses ? 'v2' : execution ? 'v1' : 'none',
    waitUntilIdle: raw.waitUntilIdle,
    async close() {
      await session.close();
      await raw.close();
      await client.close();
    },
  };
}

type TaskResponse = { readonly kind: 'result'; readonly result: Readonly<Record<string, JsonValue>> };

const isTaskResponse = (response: JsonRpcResponse): response is TaskResponse =>
  response.kind === 'result' && response.result !== null && typeof response.result === 'object';
