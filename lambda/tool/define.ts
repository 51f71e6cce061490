/** `defineTool` and `defineServer`, with which a server module is written. */
import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { ConfigurationError } from './errors.ts';
import { describeReservedName, MODEL_TOOL_NAMES, needsModelTools } from './model-tool-names.ts';
import { SCOPE_PATTERN } from './scope.ts';
import type { TaskContext } from './task-context.ts';
import type { ServerDefinition, Tool, ToolConfig, ToolHandler } from './types.ts';

const HOUR_MS = 3_600_000;

/**
 * Defaults of `defineTool`. Times are in milliseconds.
 *
 * @example
 * ```ts
 * const week = defineTool('week', { retentionMs: 7 * TOOL_DEFAULTS.retentionMs }, () => toolError('Not yet.'));
 * ```
 */
export const TOOL_DEFAULTS = {
  lifetimeMs: 24 * HOUR_MS,
  retentionMs: 24 * HOUR_MS,
  pollIntervalMs: { min: 1_000, max: 30_000 },
  maxFailures: 3,
} as const;

/** SQS keeps a message for 14 days at most, and every runnable task depends on one. */
const MAX_LIFETIME_MS = 14 * 24 * HOUR_MS;

/** MCP 2025-11-25 and later, Tool Names: 1 to 128 characters of these. */
const TOOL_NAME_PATTERN = /^[A-Za-z0-9_.-]{1,128}$/;

/**
 * Define a durable tool. The shape is that of the SDK's `registerTool`: an existing tool becomes durable by
 * renaming `server.registerTool(` to `defineTool(` and its handler's `ctx` to `task`.
 *
 * @throws ConfigurationError for what can never work (a name that MCP forbids, `required` with a fallback, `min` above
 *   `max`), with a message that says what to change
 *
 * @example
 * ```ts
 * import { defineTool, toolError } from 'mcp-tasks-aws';
 * import { z } from 'zod';
 *
 * export const exportOrders = defineTool(
 *   'export_orders',
 *   {
 *     description: 'Exports the orders of one year as CSV.',
 *     inputSchema: z.object({ year: z.number().int() }),
 *     outputSchema: z.object({ url: z.string() }),
 *     asks: ['elicitation'],
 *   },
 *   async ({ year }, task) => {
 *     const answer = await task.elicit('columns', {
 *       message: `Which columns of ${year}?`,
 *       requestedSchema: z.object({ columns: z.array(z.enum(['id', 'date', 'total'])).min(1) }),
 *     });
 *     if (answer.action !== 'accept') return toolError('Nothing was exported.');
 *     const url = await task.step('export', async ({ key }) => {
 *       const body = JSON.stringify({ year, columns: answer.content.columns, key });
 *       const response = await fetch('https://orders.example.com/exports', { method: 'POST', body });
 *       return response.text();
 *     });
 *     return { structuredContent: { url } };
 *   },
 * );
 * ```
 */
export function defineTool<
  I extends StandardSchemaWithJSON | undefined = undefined,
  O extends StandardSchemaWithJSON | undefined = undefined,
>(name: string, config: ToolConfig<I, O>, handler: ToolHandler<I, O>): Tool {
  const taskSupport = config.taskSupport ?? 'optional';
  const tool = {
    ...config,
    name,
    taskSupport,
    withoutTasks: config.withoutTasks ?? 'inline',
    scopes: config.scopes ?? [],
    asks: config.asks ?? [],
    lifetimeMs: config.lifetimeMs ?? TOOL_DEFAULTS.lifetimeMs,
    retentionMs: config.retentionMs ?? TOOL_DEFAULTS.retentionMs,
    pollIntervalMs: { ...TOOL_DEFAULTS.pollIntervalMs, ...config.pollIntervalMs },
    maxFailures: config.maxFailures ?? TOOL_DEFAULTS.maxFailures,
    thread: config.thread ?? false,
    handler: async (args: unknown, task: TaskContext) => {
      const call = handler as (...handlerArgs: unknown[]) => unknown;
      return config.inputSchema ? call(args, task) : call(task);
    },
  } as Tool;
  const problem = findToolProblem(tool, config);
  if (problem) throw new ConfigurationError(`Tool ${JSON.stringify(name)}: ${problem}`);
  return tool;
}

function findToolProblem(tool: Tool, config: { withoutTasks?: unknown; decide?: unknown }): string | undefined {
  if (typeof tool.name !== 'string' || !TOOL_NAME_PATTERN.test(tool.name))
    return 'the name must have 1 to 128 characters of A-Z, a-z, 0-9, "_", "-" and ".".';
  if (!tool.scopes.every((scope) => typeof scope === 'string' && SCOPE_PATTERN.test(scope)))
    return '"scopes" must be names without spaces, quotes and backslashes.';
  if (tool.taskSupport !== 'optional' && (config.withoutTasks !== undefined || config.decide !== undefined))
    return `"withoutTasks" and "decide" need taskSupport "optional"; this tool has "${tool.taskSupport}".`;
  for (const schema of ['inputSchema', 'outputSchema'] as const)
    if (tool[schema] !== undefined && !isStandardSchema(tool[schema]))
      return `"${schema}" must be a Standard Schema that can describe itself as JSON Schema, for example z.object({ … }) of zod 4.`;
  for (const period of ['lifetimeMs', 'retentionMs'] as const)
    if (!(Number.isSafeInteger(tool[period]) && tool[period] > 0))
      return `"${period}" must be a positive integer (ms).`;
  if (tool.lifetimeMs > MAX_LIFETIME_MS) return '"lifetimeMs" must be 14 days at most (SQS keeps no message longer).';
  const { min, max } = tool.pollIntervalMs;
  if (!(Number.isSafeInteger(min) && Number.isSafeInteger(max) && min > 0 && min <= max))
    return '"pollIntervalMs" must have positive integers (ms), with min no larger than max.';
  if (!(Number.isSafeInteger(tool.maxFailures) && tool.maxFailures > 0))
    return '"maxFailures" must be a positive integer.';
  if (typeof tool.thread !== 'boolean') return '"thread" must be true or false.';
  return undefined;
}

function isStandardSchema(value: unknown): boolean {
  const standard = (value as Partial<StandardSchemaWithJSON> | null)?.['~standard'];
  return typeof standard?.validate === 'function' && typeof standard.jsonSchema?.input === 'function';
}

/**
 * What `defineServer` takes.
 *
 * @example
 * ```ts
 * const config: ServerConfig = {
 *   name: 'reports',
 *   version: '1.0.0',
 *   instructions: 'Ask for a report by its year.',
 *   tools: [],
 *   mcp: (server) => {
 *     server.registerPrompt('review', {}, () => ({
 *       messages: [{ role: 'user', content: { type: 'text', text: 'Review the last report.' } }],
 *     }));
 *   },
 * };
 * ```
 */
export interface ServerConfig {
  /** Of the server, as clients see it. */
  readonly name: string;
  readonly version: string;
  readonly title?: string;
  readonly instructions?: string;
  readonly tools: readonly Tool[];
  /** Registers prompts, resources and ordinary tools on the official SDK's server, again for each request. */
  readonly mcp?: ServerDefinition['mcp'];
}

/**
 * Define the server: the default export of a server module.
 *
 * @throws ConfigurationError when a name is missing, or a tool's name is used twice or reserved
 *
 * @example
 * ```ts
 * import { defineServer, defineTool } from 'mcp-tasks-aws';
 *
 * const ping = defineTool('ping', {}, () => ({ content: [{ type: 'text', text: 'pong' }] }));
 *
 * export default defineServer({ name: 'ping', version: '1.0.0', tools: [ping] });
 * ```
 */
export function defineServer(config: ServerConfig): ServerDefinition {
  for (const field of ['name', 'version'] as const)
    if (typeof config[field] !== 'string' || config[field] === '')
      throw new ConfigurationError(`defineServer: "${field}" must be a non-empty string.`);
  const tools = new Map<string, Tool>();
  for (const tool of config.tools) {
    if (typeof tool?.handler !== 'function')
      throw new ConfigurationError('defineServer: every entry of "tools" must be what defineTool returned.');
    if (tools.has(tool.name))
      throw new ConfigurationError(`Two tools are named ${JSON.stringify(tool.name)}: rename one of them.`);
    tools.set(tool.name, tool);
  }
  const reserved = needsModelTools(tools.values()) ? MODEL_TOOL_NAMES.find((name) => tools.has(name)) : undefined;
  if (reserved) throw new ConfigurationError(`defineServer: ${describeReservedName(reserved)}`);
  const { name, version, title, instructions, mcp } = config;
  return {
    info: { name, version, ...(title !== undefined && { title }) },
    ...(instructions !== undefined && { instructions }),
    tools,
    ...(mcp && { mcp }),
  };
}
