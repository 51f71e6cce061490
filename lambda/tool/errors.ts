/** The errors that a tool throws or sees, and the result that reports a failure to the model. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { TaskError, type TaskErrorCode } from '../errors/task-error.ts';
import type { RpcError } from '../tasks/record.ts';
import { RPC_CODE } from '../tasks/rpc-code.ts';
import type { ToolError } from './types.ts';

/** MCP 2026-07-28, Missing Required Client Capability. */
const MISSING_CLIENT_CAPABILITY = -32021;

/**
 * Ends a call with a JSON-RPC error (and its task as `failed`). Everything else that a tool throws becomes a tool
 * error, whatever `code` property it has.
 *
 * @example
 * ```ts
 * // The client gets the JSON-RPC error, which the model does not see.
 * throw new ProtocolError(-31900, 'The report is locked.', { retryAfterSeconds: 60 });
 * ```
 */
export class ProtocolError extends TaskError {
  override readonly name: string = 'ProtocolError';
  override readonly errorCode: TaskErrorCode = 'PROTOCOL_ERROR';
  /** The JSON-RPC code. For one of your own, take an integer outside -32768 to -32000, which JSON-RPC reserves. */
  readonly code: number;
  /** Further information for the client; must be JSON. */
  readonly data?: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    if (data !== undefined) this.data = data;
  }

  /** The JSON-RPC error object, as it is stored and sent. */
  toRpcError(): RpcError {
    return { code: this.code, message: this.message, ...(this.data !== undefined && { data: this.data }) };
  }
}

/**
 * The tool asked a question for which the client that made the call did not declare the capability.
 *
 * @example
 * ```ts
 * const requestedSchema = z.object({ year: z.number().int() });
 * try {
 *   await task.elicit('year', { message: 'Which year?', requestedSchema });
 * } catch (error) {
 *   if (error instanceof InputNotSupported) return toolError('Pass the year as an argument.');
 *   throw error;
 * }
 * ```
 */
export class InputNotSupported extends ProtocolError {
  override readonly name = 'InputNotSupported';
  override readonly errorCode = 'INPUT_NOT_SUPPORTED';
  /** As in `data.requiredCapabilities`: a `ClientCapabilities` object. */
  readonly requiredCapabilities: Record<string, unknown>;
  constructor(requiredCapabilities: Record<string, unknown>) {
    super(
      MISSING_CLIENT_CAPABILITY,
      `The client did not declare what this tool needs to ask: ${JSON.stringify(requiredCapabilities)}`,
      { requiredCapabilities },
    );
    this.requiredCapabilities = requiredCapabilities;
  }
}

/** The tool broke a rule of durable tools, named in the message. Ends the call even if the tool swallows the error. */
export class ToolBroken extends ProtocolError {
  override readonly name = 'ToolBroken';
  override readonly errorCode = 'TOOL_BROKEN';
  constructor(message: string) {
    super(RPC_CODE.internalError, message);
  }
}

/**
 * Thrown by a step to be retried later: as the step's own `retry` says, or three times.
 *
 * @example
 * ```ts
 * const report = await task.step('fetch the report', async () => {
 *   const response = await fetch('https://reports.example.com/latest');
 *   if (response.status === 503) throw new Retryable('The report is not ready.', { afterMs: 30_000 });
 *   return response.text();
 * });
 * ```
 */
export class Retryable extends TaskError {
  override readonly name = 'Retryable';
  override readonly errorCode = 'RETRYABLE';
  /** Shortest wait before the next attempt (ms). Default: the step's back-off. */
  readonly afterMs?: number;
  constructor(message: string, options: { readonly afterMs?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    if (options.afterMs !== undefined) this.afterMs = options.afterMs;
  }
}

/**
 * The client's answers to one question did not fit, three times in a row.
 *
 * @example
 * ```ts
 * const requestedSchema = z.object({ copies: z.number().int().max(9) });
 * try {
 *   await task.elicit('copies', { message: 'How many copies?', requestedSchema });
 * } catch (error) {
 *   if (error instanceof InvalidAnswer) return toolError('Nothing was printed: the number of copies is missing.');
 *   throw error;
 * }
 * ```
 */
export class InvalidAnswer extends TaskError {
  override readonly name = 'InvalidAnswer';
  override readonly errorCode = 'INVALID_ANSWER';
}

/**
 * The outside system did not end a `task.waitFor` within its `timeoutMs`.
 *
 * @example
 * ```ts
 * try {
 *   await task.waitFor('approval', { timeoutMs: 86_400_000 });
 * } catch (error) {
 *   if (error instanceof WaitTimedOut) return toolError('No approval within a day.');
 *   throw error;
 * }
 * ```
 */
export class WaitTimedOut extends TaskError {
  override readonly name = 'WaitTimedOut';
  override readonly errorCode = 'WAIT_TIMED_OUT';
}

/**
 * The server is set up wrongly; the message says what to change. Thrown when the CDK app is synthesized or when a
 * function starts.
 *
 * @example
 * ```ts
 * const count = defineTool('count', {}, () => ({ content: [] }));
 * try {
 *   defineServer({ name: 'reports', version: '1.0.0', tools: [count, count] });
 * } catch (error) {
 *   if (error instanceof ConfigurationError) console.error(error.message); // Two tools are named "count": …
 * }
 * ```
 */
export class ConfigurationError extends TaskError {
  override readonly name = 'ConfigurationError';
  override readonly errorCode = 'CONFIGURATION_ERROR';
}

/**
 * Reason on `task.signal`: a client cancelled the task.
 *
 * @example
 * ```ts
 * task.signal.addEventListener('abort', () => {
 *   if (task.signal.reason instanceof TaskCancelled) console.log(`${task.id} was cancelled.`);
 * });
 * ```
 */
export class TaskCancelled extends TaskError {
  override readonly name = 'TaskCancelled';
  override readonly errorCode = 'TASK_CANCELLED';
}

/**
 * Reason on `task.signal`: the run ended because the task waits. Another run starts the tool again from the top after
 * the wait.
 *
 * @example
 * ```ts
 * task.defer(() => {
 *   if (task.signal.reason instanceof Parked) console.log(`${task.id} waits.`);
 * });
 * ```
 */
export class Parked extends TaskError {
  override readonly name = 'Parked';
  override readonly errorCode = 'PARKED';
}

/**
 * Reason on `task.signal`: the function's deadline is near, and another run continues at the last recorded step.
 *
 * @example
 * ```ts
 * task.defer(() => {
 *   if (task.signal.reason instanceof HandedOver) console.log(`${task.id} continues in another run.`);
 * });
 * ```
 */
export class HandedOver extends TaskError {
  override readonly name = 'HandedOver';
  override readonly errorCode = 'HANDED_OVER';
}

/**
 * Reason on `task.signal`: another run holds the task now, or the task ended or expired. Nothing that this run still
 * does has any effect on the task.
 *
 * @example
 * ```ts
 * task.defer(() => {
 *   if (task.signal.reason instanceof LeaseLost) console.log(`Another run of ${task.id} took over.`);
 * });
 * ```
 */
export class LeaseLost extends TaskError {
  override readonly name = 'LeaseLost';
  override readonly errorCode = 'LEASE_LOST';
}

/**
 * Reason on `task.signal`: an inline call used up the time within which the gateway needs a response.
 *
 * @example
 * ```ts
 * task.defer(() => {
 *   if (task.signal.reason instanceof TimeBudgetSpent) console.log('Too slow for a client without tasks.');
 * });
 * ```
 */
export class TimeBudgetSpent extends TaskError {
  override readonly name = 'TimeBudgetSpent';
  override readonly errorCode = 'TIME_BUDGET_SPENT';
}

/**
 * A result with `isError: true`, whose message the model reads and can act on.
 *
 * @param extra other members of the result, for example `structuredContent`
 *
 * @example
 * ```ts
 * return toolError('The folder is empty: upload a file first.');
 * ```
 */
export function toolError(message: string, extra: Omit<CallToolResult, 'content' | 'isError'> = {}): ToolError {
  return { ...extra, content: [{ type: 'text', text: message }], isError: true };
}
