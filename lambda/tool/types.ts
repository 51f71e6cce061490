/** What a tool author writes and is given. The shapes follow the official SDK's `registerTool`. */
import type {
  CallToolResult,
  ContentBlock,
  CreateMessageRequestParams,
  CreateMessageResult,
  Icon,
  McpRequestContext,
  McpServer,
  StandardSchemaWithJSON,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { InputCapabilities } from '../tasks/record.ts';

/** Any Standard Schema that can describe itself as JSON Schema (zod 4, ArkType, Valibot), as in the SDK. */
export type Schema<Output = unknown> = StandardSchemaWithJSON<unknown, Output>;
export type Infer<S extends StandardSchemaWithJSON> = StandardSchemaWithJSON.InferOutput<S>;

/** A step may return nothing. */
type Nothing = ReturnType<() => void>;

/** What survives JSON: `never` for what does not (Date, Map, Set, functions, symbols, bigint). */
export type Json<T> = T extends string | number | boolean | null | undefined | Nothing
  ? T
  : T extends bigint | symbol | ((...args: never[]) => unknown) | Date | Map<unknown, unknown> | Set<unknown> | RegExp
    ? never
    : T extends readonly unknown[] | object
      ? { [K in keyof T]: Json<T[K]> }
      : unknown extends T
        ? T
        : never;

/** What an elicitation form may hold (MCP's restricted schema): flat, of primitives and lists of strings. */
export type FormContent = Record<string, string | number | boolean | readonly string[] | undefined>;

/** An answer to `elicit`: declined and cancelled forms, and forms that timed out, are values, not errors. */
export type ElicitAnswer<Content> =
  | { readonly action: 'accept'; readonly content: Content }
  | { readonly action: 'decline' | 'cancel' | 'timeout'; readonly content?: undefined };

/** When a failed step is tried again; each wait is longer than the last, jittered, and holds no worker. */
export interface RetryOptions {
  /** Attempts after the first. */
  readonly retries: number;
  /** Longest first wait (ms). Default 1,000. */
  readonly baseMs?: number;
  /** Longest wait of all (ms). Default 60,000. */
  readonly maxMs?: number;
}

/** What a step is given. */
export interface StepContext {
  /** The same on every attempt and every run: task id, step name and occurrence. For idempotency elsewhere. */
  readonly key: string;
  /** Aborts as `task.signal` does. */
  readonly signal: AbortSignal;
}

/** A wait for an outside system: awaited like a promise, with the token that ends it. */
export interface ExternalWait<T> extends PromiseLike<T> {
  readonly token: string;
}

/** What a tool is given beside its arguments. */
export interface TaskContext {
  /** The task's id; for a call that runs inline, an id of its own that stays the same over its round trips. */
  readonly id: string;
  /** Whether this call is a task (and so may park for hours) or runs inline within the gateway's budget. */
  readonly isTask: boolean;
  /** Aborts with a typed reason: `TaskCancelled`, `Parked`, `HandedOver`, `LeaseLost`, `TimeBudgetSpent`. */
  readonly signal: AbortSignal;

  /**
   * Do something once: at least once until its value is recorded and never after. The value is what JSON
   * makes of it, on the first run as on every later one.
   */
  step<T>(
    name: string,
    work: (step: StepContext) => (T & Json<T>) | Promise<T & Json<T>>,
    options?: { readonly retry?: number | RetryOptions },
  ): Promise<T>;

  /** Ask the user to fill in a form. The task parks until the answer is there. */
  elicit<S extends StandardSchemaWithJSON<unknown, FormContent>>(
    name: string,
    question: {
      readonly message: string;
      readonly requestedSchema: S;
      /** After this (ms) the answer is `timeout`. Default: the task's lifetime. */
      readonly timeoutMs?: number;
    },
  ): Promise<ElicitAnswer<Infer<S>>>;

  /** Ask the user to visit a URL (for what must not pass through the client: credentials, payments). */
  elicitUrl(
    name: string,
    question: { readonly message: string; readonly url: string; readonly timeoutMs?: number },
  ): Promise<{ readonly action: 'accept' | 'decline' | 'cancel' | 'timeout' }>;

  /** Ask the client's model. @deprecated by MCP 2026-07-28 (SEP-2577), which keeps it for at least a year. */
  sample(
    name: string,
    request: CreateMessageRequestParams & { readonly timeoutMs?: number },
  ): Promise<CreateMessageResult>;

  /** Wait without holding a worker. `durationMs` may reach to the task's lifetime. */
  sleep(name: string, durationMs: number): Promise<void>;

  /**
   * Wait for an outside system (Step Functions, Batch, a person) without holding a worker. Hand `token` to it, in
   * a step; it ends the wait with `complete` or `fail`, also before this is awaited.
   *
   * @throws WaitTimedOut after `timeoutMs`; what the outside system failed with, as `StepError`; a call that runs
   *   inline cannot wait and gets a JSON-RPC error
   */
  waitFor<T = unknown>(name: string, options?: { readonly timeoutMs?: number }): ExternalWait<T>;

  /** Tell how far the work is: a message, or numbers with an optional message. Written at most once a second. */
  progress(message: string): void;
  progress(done: number, total?: number, message?: string): void;

  /** Run this when the run ends for any reason (also a park): close what the tool has open. Awaited, bounded. */
  defer(cleanUp: () => void | Promise<void>): void;

  /** Whether the client that made the call can be asked in this way. */
  can(what: 'elicitation' | 'elicitationUrl' | 'sampling' | 'roots'): boolean;
}

/** A tool error: what the model should read instead of a result. Made by `toolError`. */
export type ToolError = CallToolResult & { readonly isError: true };

/** A tool's code. As in the SDK, a tool without an input schema is given the context alone. */
export type ToolHandler<
  I extends StandardSchemaWithJSON | undefined,
  O extends StandardSchemaWithJSON | undefined,
> = I extends StandardSchemaWithJSON
  ? (args: Infer<I>, task: TaskContext) => ToolReturn<O> | Promise<ToolReturn<O>>
  : (task: TaskContext) => ToolReturn<O> | Promise<ToolReturn<O>>;

/** What a tool returns: the SDK's result; with an output schema `structuredContent` must fit it. */
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

export type TaskSupport = 'optional' | 'required' | 'forbidden';

/** What a call without tasks gets from a tool that supports them (only with `taskSupport: 'optional'`). */
export type WithoutTasks = 'inline' | 'handOff' | 'inlineThenHandOff';

/** Ask before the task exists; same questions as a task's, answered in the round trips of the call itself. */
export type Ask = Pick<TaskContext, 'elicit' | 'elicitUrl' | 'sample' | 'can'>;

/** What `decide` may look at. */
export interface CallFacts {
  readonly era: '2025-11-25' | '2026-07-28';
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
   * What the host may show the model at once where the call has become a task, before there is a result
   * (2025-11-25, `io.modelcontextprotocol/model-immediate-response`).
   */
  readonly immediateResponse?: string;
  /**
   * OAuth scopes that a call of this tool demands, beside those that every call does; as the authorization server
   * spells them. A client without them is told which to ask for. Only a server with access tokens has callers with
   * scopes. Default: none.
   */
  readonly scopes?: readonly string[];
  /** What the tool will ask: a client that cannot answer is refused before any work. */
  readonly asks?: readonly ('elicitation' | 'elicitationUrl' | 'sampling')[];
  /** Runs once after a cancel, for a parked task too, in a run of its own. */
  readonly onCancel?: (
    args: ArgumentsOf<I>,
    task: { readonly id: string; readonly signal: AbortSignal },
  ) => void | Promise<void>;
  /**
   * Runs in the call itself, before the task exists: ask what decides whether to begin. What it returns is
   * the arguments the task starts with; a tool error ends the call.
   */
  readonly prepare?: (args: ArgumentsOf<I>, ask: Ask) => Promise<ArgumentsOf<I> | ToolError>;
  /** How long the task may stay open (ms). Default 24 h. */
  readonly lifetimeMs?: number;
  /** How long a finished outcome is kept (ms). Default 24 h. */
  readonly retentionMs?: number;
  /** Bounds for the poll interval that clients are told (ms). Default 1,000 to 30,000. */
  readonly pollIntervalMs?: { readonly min?: number; readonly max?: number };
  /** Runs that may end without saying so, with no progress between them, before the task fails. Default 3. */
  readonly maxFailures?: number;
  /**
   * Run the tool of a task in a thread of its own: for code that computes for seconds without a pause and would keep
   * the worker from renewing its lease. Each run loads the server module anew (some 0.2 s), in a heap of three
   * quarters of the function's memory. A thread that dies is a run that ended without saying so. One that does not
   * stop within 2 s of a cancel is stopped wherever it is, without its `finally` blocks and clean-ups.
   *
   * Calls that run inline, `onCancel` and `runTool` take no notice of it. Default false.
   */
  readonly thread?: boolean;
}

/** The arguments a handler is given: `{}` for a tool without an input schema. */
export type ArgumentsOf<I> = I extends StandardSchemaWithJSON ? Infer<I> : Record<string, never>;

/** `withoutTasks` and `decide` are choices that only `optional` leaves open. */
export type ToolConfig<
  I extends StandardSchemaWithJSON | undefined,
  O extends StandardSchemaWithJSON | undefined,
> = ToolConfigBase<I, O> &
  (
    | {
        /** May the call become a task? Default `optional`. */
        readonly taskSupport?: 'optional';
        /** What a client without tasks gets. Default `inline`. */
        readonly withoutTasks?: WithoutTasks;
        /** Choose per call, for a client that has tasks. Default: always a task. */
        readonly decide?: (args: ArgumentsOf<I>, call: CallFacts) => 'task' | 'inline' | Promise<'task' | 'inline'>;
      }
    | { readonly taskSupport: 'required' | 'forbidden'; readonly withoutTasks?: never; readonly decide?: never }
  );

/** A tool as the rest of the system sees it; `defineTool` makes it, with every default filled in. */
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
  /** Arguments have been validated; what it returns has not. */
  readonly handler: (args: unknown, task: TaskContext) => Promise<unknown>;
}

/** What `defineServer` returns and a server module exports by default. */
export interface ServerDefinition {
  readonly info: { readonly name: string; readonly version: string; readonly title?: string };
  readonly instructions?: string;
  readonly tools: ReadonlyMap<string, Tool>;
  /** Registers prompts, resources and ordinary tools on the SDK's server, afresh for each request. */
  readonly mcp?: (server: McpServer, ctx: McpRequestContext) => void | Promise<void>;
}
