/** The base of every error that this package defines. It imports nothing, so that every layer can extend it. */

/**
 * Stable code of each error class. A code is never renamed or reused; a new version may add some, so a `switch` over
 * them needs a `default`.
 *
 * @example
 * ```ts
 * import { TaskError, type TaskErrorCode } from 'mcp-tasks-aws';
 *
 * const TEMPORARY: readonly TaskErrorCode[] = ['RETRYABLE', 'WAIT_TIMED_OUT'];
 * export const isTemporary = (error: unknown): boolean =>
 *   error instanceof TaskError && TEMPORARY.includes(error.errorCode);
 * ```
 */
export type TaskErrorCode =
  | 'ANSWER_TOO_LARGE'
  | 'CONFIGURATION_ERROR'
  | 'HANDED_OVER'
  | 'IDEMPOTENCY_CONFLICT'
  | 'IDEMPOTENCY_UNSUPPORTED'
  | 'INPUT_NOT_SUPPORTED'
  | 'INVALID_ANSWER'
  | 'INVALID_EVENT'
  | 'INVALID_TOKEN'
  | 'INVALID_WAIT_TOKEN'
  | 'LEASE_LOST'
  | 'NOT_JSON'
  | 'PARKED'
  | 'PAYLOAD_MISSING'
  | 'PROTOCOL_ERROR'
  | 'QUOTA_EXCEEDED'
  | 'RETRYABLE'
  | 'STEP_FAILED'
  | 'TASK_CANCELLED'
  | 'TASK_NOT_FOUND'
  | 'TIME_BUDGET_SPENT'
  | 'TOOL_BROKEN'
  | 'UNAVAILABLE'
  | 'UNKNOWN_ROW_FORMAT'
  | 'WAIT_TIMED_OUT';

/**
 * Base of every error of this package. Match `errorCode`, not the message: codes are stable, messages are not.
 *
 * `errorCode` is not the JSON-RPC code: that is a number, and only a `ProtocolError` has it, as `code`. A function that
 * was invoked directly (`grantExternal`) reports `name` as Lambda's `errorType`.
 *
 * @example
 * ```ts
 * import { defineTool, TaskError, toolError } from 'mcp-tasks-aws';
 *
 * export const approve = defineTool('approve', { taskSupport: 'required' }, async (task) => {
 *   try {
 *     await task.waitFor('approval', { timeoutMs: 3_600_000 });
 *     return { content: [{ type: 'text', text: 'Approved.' }] };
 *   } catch (error) {
 *     if (error instanceof TaskError && error.errorCode === 'WAIT_TIMED_OUT') return toolError('No approval in time.');
 *     throw error;
 *   }
 * });
 * ```
 */
export abstract class TaskError extends Error {
  /** Identifies the kind of error; the same in every version. */
  abstract readonly errorCode: TaskErrorCode;
}
