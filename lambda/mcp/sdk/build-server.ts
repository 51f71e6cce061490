/** The official SDK's server for one request: what the user attached, and the task tools beside it. */
import { type McpRequestContext, McpServer, type RegisteredTool } from '@modelcontextprotocol/server';
import { ConfigurationError } from '../../tool/errors.ts';
import type { ServerDefinition, Tool } from '../../tool/types.ts';
import { TASKS_EXTENSION } from '../rpc.ts';

/** Runs a task tool for a client that reaches it through the SDK. */
export type CallInPlace = (tool: Tool, args: unknown, ctx: McpRequestContext) => Promise<Record<string, unknown>>;

/**
 * A fresh server. Task tools come first, so that it is the user's second tool of the same name that is refused.
 *
 * @throws Error what the SDK or the user's `mcp` throws, for example for a name that is used twice
 */
export async function buildServer(
  definition: ServerDefinition,
  ctx: McpRequestContext,
  callInPlace: CallInPlace,
): Promise<McpServer> {
  const { info, instructions, tools, mcp } = definition;
  const server = new McpServer(info, instructions === undefined ? {} : { instructions });
  for (const tool of tools.values()) registerTaskTool(server, tool, (args) => callInPlace(tool, args, ctx));
  await mcp?.(server, ctx);
  declareCapabilities(server, ctx.era);
  return server;
}

function registerTaskTool(
  server: McpServer,
  tool: Tool,
  call: (args: unknown) => Promise<Record<string, unknown>>,
): void {
  const { title, description, inputSchema, outputSchema, annotations, icons, _meta } = tool;
  const config = { title, description, inputSchema, outputSchema, annotations, icons, _meta };
  const handler = inputSchema ? (args: unknown) => call(args) : () => call({});
  const registered = server.registerTool(tool.name, config as never, handler as never) as RegisteredTool;
  // `registerTool` drops `execution`; 2025-11-25 lists it, and the SDK strips it for 2026-07-28.
  registered.execution = { taskSupport: tool.taskSupport };
}

/**
 * Nothing is pushed from here: a client that waits for change notifications would hold a buffered Lambda until
 * its time-out. The SDK turns `listChanged` on with each registration, so it is turned off after them all.
 */
function declareCapabilities({ server }: McpServer, era: McpRequestContext['era']): void {
  const { tools, prompts, resources } = server.getCapabilities();
  const quiet = { listChanged: false };
  server.registerCapabilities({
    ...(tools && { tools: quiet }),
    ...(prompts && { prompts: quiet }),
    ...(resources && { resources: era === 'modern' ? { ...quiet, subscribe: false } : quiet }),
    ...(era === 'modern' && { extensions: { [TASKS_EXTENSION]: {} } }),
  });
}

/**
 * Build the server once for each era, so that what can never be served is refused at synth and at start-up
 * instead of with every request.
 *
 * @throws ConfigurationError for a name that is used twice, or whatever else building fails with
 */
export async function checkServer(definition: ServerDefinition): Promise<void> {
  for (const era of ['modern', 'legacy'] as const) {
    try {
      const server = await buildServer(definition, { era }, async () => ({ content: [] }));
      await server.close();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigurationError(
        `The server ${JSON.stringify(definition.info.name)} cannot be built: ${reason}. ` +
          'Look at what defineServer was given: tools, prompts and resources each need a name of their own.',
        { cause: error },
      );
    }
  }
}
