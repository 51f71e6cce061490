/** Errors and results with which a tool speaks. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { TaskError, type TaskErrorCode } from '../task-error.ts';
import type { RpcError } from '../tasks/record.ts';
import { RPC_CODE } from '../tasks/rpc-code.ts';
import type { ToolError } from './types.ts';

/**
 * The one error that ends a call with a JSON-RPC error (and a task as `failed`). Anything else that a tool
 * throws is a tool error, whatever `code` property it has.
 */
export class ProtocolError extends TaskError {
  override readonly name: string = 'ProtocolError';
  override readonly errorCode: TaskErrorCode = 'PROTOCOL_ERROR';
  readonly code: number;
  readonly data?: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    if (data !== undefined) this.data = data;
  }

  /** As it is stored and sent. */
  toRpcError(): RpcError {
    return { code: this.code, message: this.message, ...(this.data !== undefined && { data: this.data }) };
  }
}

/** MCP 2026-07-28, Missing Required Client Capability. */
export const MISSING_CLIENT_CAPABILITY = -32021;

/** The tool asked what the client that made the call did not declare. */
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

/** The tool broke a rule that durable tools live by; it says which. Ends the call even if the tool swallows it. */
export class ToolBroken extends ProtocolError {
  override readonly name = 'ToolBroken';
  override readonly errorCode = 'TOOL_BROKEN';
  constructor(message: string) {
    super(RPC_CODE.internalError, message);
  }
}

/** Thrown by a step: try it again later (with the step's own `retry`, or three times). */
export class Retryable extends TaskError {
  override readonly name = 'Retryable';
  override readonly errorCode = 'RETRYABLE';
  /** Not before this long (ms); the step's back-off when absent. */
  readonly afterMs?: number;
  constructor(message: string, options: { readonly afterMs?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    if (options.afterMs !== undefined) this.afterMs = options.afterMs;
  }
}

/** The client's answers did not fit what was asked, three times over. */
export class InvalidAnswer extends TaskError {
  override readonly name = 'InvalidAnswer';
  override readonly errorCode = 'INVALID_ANSWER';
}

/** What `task.waitFor` waited for did not come within its `timeoutMs`. */
export class WaitTimedOut extends TaskError {
  override readonly name = 'WaitTimedOut';
  override readonly errorCode = 'WAIT_TIMED_OUT';
}

/** The server is wired wrongly; the message says what to do. Thrown at synth or at the first line. */
export class ConfigurationError extends TaskError {
  override readonly name = 'ConfigurationError';
  override readonly errorCode = 'CONFIGURATION_ERROR';
}

/** Typed reasons on `task.signal`. */
export class TaskCancelled extends TaskError {
  override readonly name = 'TaskCancelled';
  override readonly errorCode = 'TASK_CANCELLED';
}
/** The run ended because the task waits; it resumes from the top when the wait is over. */
export class Parked extends TaskError {
  override readonly name = 'Parked';
  override readonly errorCode = 'PARKED';
}
/** The function's deadline is near: another run takes over at the last recorded step. */
export class HandedOver extends TaskError {
  override readonly name = 'HandedOver';
  override readonly errorCode = 'HANDED_OVER';
}
/** Another run holds the task now (or it ended or expired): nothing this run does counts any more. */
export class LeaseLost extends TaskError {
  override readonly name = 'LeaseLost';
  override readonly errorCode = 'LEASE_LOST';
}
/** An inline call used up the time that the gateway gives it. */
export class TimeBudgetSpent extends TaskError {
  override readonly name = 'TimeBudgetSpent';
  override readonly errorCode = 'TIME_BUDGET_SPENT';
}

/** A result that tells the model what went wrong (`isError: true`). */
export function toolError(message: string, extra: Omit<CallToolResult, 'content' | 'isError'> = {}): ToolError {
  return { ...extra, content: [{ type: 'text', text: message }], isError: true };
}
