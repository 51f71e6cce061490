/** The official SDK's server for one request: the task tools, and what the author attached in `mcp`. */
import { type McpRequestContext, McpServer, type RegisteredTool } from '@modelcontextprotocol/server';
import { ConfigurationError } from '../../tool/errors.ts';
import { describeReservedName, MODEL_TOOL_NAMES, mayHandOff, needsModelTools } from '../../tool/model-tool-names.ts';
import type { ServerDefinition, Tool } from '../../tool/types.ts';
import type { InputRound } from '../exchange.ts';
import { type ModelToolsOptions, registerModelTools } from '../model-tools/tools.ts';
import { TASKS_EXTENSION } from '../rpc.ts';
import { interceptQuestions } from './input-round.ts';

/** Runs a task tool for a client that reaches it through the SDK. */
export type CallTaskTool = (tool: Tool, args: unknown, ctx: McpRequestContext) => Promise<Record<string, unknown>>;

/** The parts of a server that are not in its author's definition. */
export interface BuildServerOptions {
  readonly callTaskTool: CallTaskTool;
  /** For a client that follows its tasks by tools; absent for one whose protocol has tasks. */
  readonly modelTools?: ModelToolsOptions;
  /** For a client of a revision without `input_required` results. */
  readonly round?: InputRound;
}

/**
 * A new server. Task tools come first, so that of two tools with one name the author's ordinary one is refused.
 *
 * @throws Error from the SDK or the author's `mcp`, for example for a name that is used twice
 */
export async function buildServer(
  definition: ServerDefinition,
  ctx: McpRequestContext,
  { callTaskTool, modelTools, round }: BuildServerOptions,
): Promise<McpServer> {
  const { info, instructions, tools, mcp } = definition;
  const server = new McpServer(info, instructions === undefined ? {} : { instructions });
  if (round) interceptQuestions(server, round);
  for (const tool of tools.values()) {
    // The result of a call that is handed off fits no output schema.
    const listed = modelTools && mayHandOff(tool) ? omitOutputSchema(tool) : tool;
    registerTaskTool(server, listed, (args) => callTaskTool(tool, args, ctx));
  }
  if (modelTools && needsModelTools(tools.values())) registerModelTools(server, modelTools);
  disablePushes(server);
  await mcp?.(server, ctx);
  declareCapabilities(server, ctx.era);
  return server;
}

function omitOutputSchema({ outputSchema: _, ...tool }: Tool): Tool {
  return tool;
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
 * No change notifications: a client that waits for them would occupy a buffered Lambda until its timeout. The SDK turns
 * `listChanged` on with each registration, so it is turned off after the last.
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
 * A request pushed from within a tool would wait for its answer in this process, which later requests may not reach.
 * The SDK turns the error thrown here into a tool error.
 */
function disablePushes({ server }: McpServer): void {
  const refuse = async (): Promise<never> => {
    throw new Error(
      'This server cannot ask its client in the middle of an ordinary tool, because every request may reach another ' +
        'instance. Make it a durable tool with defineTool and ask with task.elicit or task.sample, or return ' +
        'inputRequired(…) from it.',
    );
  };
  Object.assign(server, { elicitInput: refuse, createMessage: refuse, listRoots: refuse });
}

/**
 * Build the server once for each era, so that a server that cannot be built fails at synth and at start-up instead of
 * with every request.
 *
 * @throws ConfigurationError for a name that is used twice, or any other error of the build
 */
export async function checkServer(definition: ServerDefinition): Promise<void> {
  const { info, tools } = definition;
  for (const era of ['modern', 'legacy'] as const) {
    try {
      const server = await buildServer(
        definition,
        { era },
        { callTaskTool: returnNothing, modelTools: NO_MODEL_TOOLS },
      );
      await server.close();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const takenName = needsModelTools(tools.values())
        ? MODEL_TOOL_NAMES.find((name) => reason === `Tool ${name} is already registered`)
        : undefined;
      throw new ConfigurationError(
        `The server ${JSON.stringify(info.name)} cannot be built: ${takenName ? describeReservedName(takenName) : `${reason}. ${NAMES_HINT}`}`,
        { cause: error },
      );
    }
  }
}

const NAMES_HINT =
  'Check the definition: tools, prompts and resources each need a unique name, and a tool is either in "tools" or ' +
  'registered by "mcp", never both.';

const returnNothing = async () => ({ content: [] });

/** Registered only to check that the names are free; never called. */
const NO_MODEL_TOOLS = { canAsk: {} } as ModelToolsOptions;
