/** What a tool and a server are made of. The shapes follow the official SDK's `registerTool`. */
import type {
  CallToolResult,
  ContentBlock,
  Icon,
  McpRequestContext,
  McpServer,
  StandardSchemaWithJSON,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { Era, InputCapabilities } from '../tasks/record.ts';
import type { Ask, TaskContext } from './task-context.ts';
import type { Infer } from './values.ts';

/**
 * A result that reports a failure to the model (`isError: true`). `toolError` makes one.
 *
 * @example
 * ```ts
 * const tooLarge: ToolError = { isError: true, content: [{ type: 'text', text: 'The file is larger than 5 MB.' }] };
 * ```
 */
export type ToolError = CallToolResult & { readonly isError: true };

/**
 * A tool's code. As in the SDK, the handler of a tool without an input schema gets only the context.
 *
 * @example
 * ```ts
 * const inputSchema = z.object({ text: z.string() });
 * const count: ToolHandler<typeof inputSchema, undefined> = async ({ text }, task) => {
 *   const words = await task.step('count', () => text.split(/\s+/).length);
 *   return { content: [{ type: 'text', text: String(words) }] };
 * };
 * ```
 */
export type ToolHandler<
  I extends StandardSchemaWithJSON | undefined,
  O extends StandardSchemaWithJSON | undefined,
> = I extends StandardSchemaWithJSON
  ? (args: Infer<I>, task: TaskContext) => ToolReturn<O> | Promise<ToolReturn<O>>
  : (task: TaskContext) => ToolReturn<O> | Promise<ToolReturn<O>>;

/**
 * What a tool returns: the SDK's result. With an output schema `structuredContent` must fit it, and `content` may be
 * left out.
 *
 * @example
 * ```ts
 * const outputSchema = z.object({ words: z.number() });
 * const result: ToolReturn<typeof outputSchema> = { structuredContent: { words: 3 } };
 * ```
 */
export type ToolReturn<O extends StandardSchemaWithJSON | undefined> =
  | (O extends StandardSchemaWithJSON
      ? {
          readonly structuredContent: Infer<O>;
          readonly content?: ContentBlock[];
          readonly isError?: false;
          readonly _meta?: Record<string, unknown>;
        }
      : {
          readonly content: ContentBlock[];
          readonly structuredContent?: Record<string, unknown>;
          readonly isError?: boolean;
          readonly _meta?: Record<string, unknown>;
        })
  | ToolError;

/**
 * May a call of the tool become a task? `optional`: when the client has tasks. `required`: always, so clients without
 * them are refused. `forbidden`: never.
 *
 * @example
 * ```ts
 * const taskSupport: TaskSupport = 'required';
 * ```
 */
export type TaskSupport = 'optional' | 'required' | 'forbidden';

/**
 * What a client without tasks gets from a tool with `taskSupport: 'optional'`. `inline`: the tool runs within the call.
 * `handOff`: a task's id at once, for the model to ask about. `inlineThenHandOff`: a result if it is ready in time,
 * otherwise the id.
 *
 * @example
 * ```ts
 * const withoutTasks: WithoutTasks = 'inlineThenHandOff';
 * ```
 */
export type WithoutTasks = 'inline' | 'handOff' | 'inlineThenHandOff';

/**
 * What `decide` may look at, next to the arguments.
 *
 * @example
 * ```ts
 * const decide = ({ bytes }: { bytes: number }, { capabilities }: CallFacts): 'task' | 'inline' =>
 *   bytes > 1_000_000 || capabilities.form ? 'task' : 'inline';
 * ```
 */
export interface CallFacts {
  /** The protocol revision of the call. */
  readonly era: Era;
  /** What the client can be asked. */
  readonly capabilities: InputCapabilities;
}

interface ToolConfigBase<I extends StandardSchemaWithJSON | undefined, O extends StandardSchemaWithJSON | undefined> {
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: I;
  readonly outputSchema?: O;
  readonly annotations?: ToolAnnotations;
  readonly icons?: Icon[];
  readonly _meta?: Record<string, unknown>;
  /**
   * What the host may show the model as soon as the call has become a task, before there is a result (2025-11-25,
   * `io.modelcontextprotocol/model-immediate-response`).
   */
  readonly immediateResponse?: string;
  /**
   * OAuth scopes that a call of this tool requires in addition to those of every call, as the authorization server
   * spells them. The refusal of a call without them names them. Only a server with access tokens has callers with
   * scopes. Default: none.
   */
  readonly scopes?: readonly string[];
  /** Kinds of question that the tool will ask: a client that cannot answer is refused before any work. Default: none. */
  readonly asks?: readonly ('elicitation' | 'elicitationUrl' | 'sampling')[];
  /** Runs once after a cancel, in a separate run, also if the task was parked. */
  readonly onCancel?: (
    args: ArgumentsOf<I>,
    task: { readonly id: string; readonly signal: AbortSignal },
  ) => void | Promise<void>;
  /**
   * Runs in the call itself, before the task exists: ask what decides whether to begin. It returns the arguments with
   * which the task starts, or a tool error that ends the call.
   */
  readonly prepare?: (args: ArgumentsOf<I>, ask: Ask) => Promise<ArgumentsOf<I> | ToolError>;
  /** How long the task may stay open (ms). Default 24 h. */
  readonly lifetimeMs?: number;
  /** How long a finished outcome is kept (ms). Default 24 h. */
  readonly retentionMs?: number;
  /** Bounds of the poll interval that clients are asked to keep (ms). Default 1,000 to 30,000. */
  readonly pollIntervalMs?: { readonly min?: number; readonly max?: number };
  /** The task fails after this many consecutive runs that died without recording a step. Default 3. */
  readonly maxFailures?: number;
  /**
   * Run the tool of a task in a separate thread: for code that computes for seconds without a pause and would keep the
   * worker from renewing its lease. Each run loads the server module again (about 0.2 s), in a heap of three quarters
   * of the function's memory. A thread that dies counts towards `maxFailures`. One that does not stop within 2 s of a
   * cancel is terminated, without its `finally` blocks and clean-ups.
   *
   * Calls that run inline, `onCancel` and `runTool` ignore it. Default false.
   */
  readonly thread?: boolean;
}

/**
 * The arguments that `onCancel`, `prepare` and `decide` get: `{}` for a tool without an input schema.
 *
 * @example
 * ```ts
 * const inputSchema = z.object({ folder: z.string() });
 * const onCancel = async ({ folder }: ArgumentsOf<typeof inputSchema>) => {
 *   await fetch(`https://example.com/exports/${folder}`, { method: 'DELETE' });
 * };
 * ```
 */
export type ArgumentsOf<I> = I extends StandardSchemaWithJSON ? Infer<I> : Record<string, never>;

/**
 * What `defineTool` takes. `withoutTasks` and `decide` are choices that only `taskSupport: 'optional'` leaves open.
 *
 * @example
 * ```ts
 * const inputSchema = z.object({ year: z.number().int() });
 * const config: ToolConfig<typeof inputSchema, undefined> = {
 *   description: 'Builds the report of one year.',
 *   inputSchema,
 *   withoutTasks: 'inlineThenHandOff',
 *   lifetimeMs: 3_600_000,
 *   decide: ({ year }) => (year < 2020 ? 'task' : 'inline'),
 * };
 * ```
 */
export type ToolConfig<
  I extends StandardSchemaWithJSON | undefined,
  O extends StandardSchemaWithJSON | undefined,
> = ToolConfigBase<I, O> &
  (
    | {
        /** May a call become a task? Default `optional`. */
        readonly taskSupport?: 'optional';
        /** What a client without tasks gets. Default `inline`. */
        readonly withoutTasks?: WithoutTasks;
        /** Choose per call, for a client that has tasks. Default: always a task. */
        readonly decide?: (args: ArgumentsOf<I>, call: CallFacts) => 'task' | 'inline' | Promise<'task' | 'inline'>;
      }
    | { readonly taskSupport: 'required' | 'forbidden'; readonly withoutTasks?: never; readonly decide?: never }
  );

/**
 * A tool with every default filled in, as `defineTool` returns it.
 *
 * @example
 * ```ts
 * const ping: Tool = defineTool('ping', {}, () => ({ content: [{ type: 'text', text: 'pong' }] }));
 * console.log(ping.taskSupport, ping.lifetimeMs); // optional 86400000
 * ```
 */
export interface Tool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: StandardSchemaWithJSON;
  readonly outputSchema?: StandardSchemaWithJSON;
  readonly annotations?: ToolAnnotations;
  readonly icons?: Icon[];
  readonly _meta?: Record<string, unknown>;
  readonly immediateResponse?: string;
  readonly taskSupport: TaskSupport;
  readonly withoutTasks: WithoutTasks;
  readonly scopes: readonly string[];
  readonly asks: readonly ('elicitation' | 'elicitationUrl' | 'sampling')[];
  readonly lifetimeMs: number;
  readonly retentionMs: number;
  readonly pollIntervalMs: { readonly min: number; readonly max: number };
  readonly maxFailures: number;
  readonly thread: boolean;
  readonly onCancel?: (
    args: unknown,
    task: { readonly id: string; readonly signal: AbortSignal },
  ) => void | Promise<void>;
  readonly prepare?: (args: unknown, ask: Ask) => Promise<unknown>;
  readonly decide?: (args: unknown, call: CallFacts) => 'task' | 'inline' | Promise<'task' | 'inline'>;
  /** Gets validated arguments; what it returns is validated afterwards. */
  readonly handler: (args: unknown, task: TaskContext) => Promise<unknown>;
}

/**
 * What `defineServer` returns: the default export of a server module.
 *
 * @example
 * ```ts
 * const server: ServerDefinition = defineServer({ name: 'reports', version: '1.0.0', tools: [] });
 * console.log(server.info.name, server.tools.size);
 * ```
 */
export interface ServerDefinition {
  readonly info: { readonly name: string; readonly version: string; readonly title?: string };
  readonly instructions?: string;
  readonly tools: ReadonlyMap<string, Tool>;
  /** Registers prompts, resources and ordinary tools on the SDK's server, again for each request. */
  readonly mcp?: (server: McpServer, ctx: McpRequestContext) => void | Promise<void>;
}
