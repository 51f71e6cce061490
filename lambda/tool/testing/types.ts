/** What `runTool` takes and reports. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Era, InputCapabilities, Questions, RpcError } from '../../tasks/record.ts';
import type { ProgressReport } from '../../tasks/writes/held.ts';

/**
 * One entry of `answers`: the content of an accepted form, a whole answer, or a function that makes one from the
 * question. For `task.waitFor` it is the value with which the outside system completes the wait.
 *
 * @example
 * ```ts
 * import type { TestAnswer } from 'mcp-tasks-aws/testing';
 *
 * export const accepted: TestAnswer = { columns: ['email'] };
 * export const declined: TestAnswer = { action: 'decline' };
 * export const late: TestAnswer = { action: 'timeout' };
 * export const firstWrongThenRight: TestAnswer = ({ key }) => ({ columns: key === 'columns' ? ['?'] : ['email'] });
 * ```
 */
export type TestAnswer =
  | Record<string, unknown>
  | { readonly action: 'accept' | 'decline' | 'cancel' | 'timeout'; readonly content?: Record<string, unknown> }
  | ((question: {
      readonly key: string;
      readonly method: string;
      readonly params: Record<string, unknown>;
    }) => Record<string, unknown>);

/**
 * Options of `runTool`.
 *
 * @example
 * ```ts
 * import type { RunToolOptions } from 'mcp-tasks-aws/testing';
 *
 * export const clientWithoutForms: RunToolOptions = { capabilities: { url: true }, replay: 'every-step' };
 * ```
 */
export interface RunToolOptions {
  /** Answers by the name of the question. A question that is asked again, because its answer did not fit, gets the same. */
  readonly answers?: Readonly<Record<string, TestAnswer>>;
  /**
   * `every-step` starts the tool again from the top after each recorded step, as a crash or a hand-over would: it
   * finds code outside steps that does not do the same each time. Default `never`.
   */
  readonly replay?: 'every-step' | 'never';
  /** What the client declares. Default: everything. */
  readonly capabilities?: InputCapabilities;
  /** The protocol revision of the call. Default `2026-07-28`. */
  readonly era?: Era;
  /** Cancels the task, as a client would. */
  readonly signal?: AbortSignal;
}

/**
 * What a tool did in `runTool`.
 *
 * @example
 * ```ts
 * import type { ToolRunReport } from 'mcp-tasks-aws/testing';
 *
 * export const listMessages = ({ questions }: ToolRunReport): unknown[] =>
 *   Object.values(questions).flatMap(({ method, params }) => (method === 'elicitation/create' ? [params.message] : []));
 * ```
 */
export interface ToolRunReport {
  /** What `tools/call` would return; absent when the call ended with a JSON-RPC error or was cancelled. */
  readonly result?: CallToolResult;
  /** The JSON-RPC error with which the call ended. */
  readonly error?: RpcError;
  /** The task was cancelled through `signal`. */
  readonly cancelled?: true;
  /** Every question that was asked, by key, with its answer. */
  readonly questions: Questions;
  /** Ids of the journal entries, in the order in which they were recorded. */
  readonly recorded: readonly string[];
  /** Every progress report, in order. */
  readonly progress: readonly ProgressReport[];
  /** How often the tool was started from the top. */
  readonly runs: number;
}
