/**
 * `mcp-tasks-aws`: what a tool author imports. This list is the public surface; to add or remove a name is a decision,
 * which `test/package/exports.test.ts` asks for.
 *
 * @module
 */

export { TaskError, type TaskErrorCode } from './errors/task-error.ts';
export { defineServer, defineTool, type ServerConfig, TOOL_DEFAULTS } from './tool/define.ts';
export {
  ConfigurationError,
  HandedOver,
  InputNotSupported,
  InvalidAnswer,
  LeaseLost,
  Parked,
  ProtocolError,
  Retryable,
  TaskCancelled,
  TimeBudgetSpent,
  toolError,
  WaitTimedOut,
} from './tool/errors.ts';
export { StepError } from './tool/history.ts';
export type { Ask, ExternalWait, RetryOptions, StepContext, TaskContext } from './tool/task-context.ts';
export type {
  ArgumentsOf,
  CallFacts,
  ServerDefinition,
  TaskSupport,
  Tool,
  ToolConfig,
  ToolError,
  ToolHandler,
  ToolReturn,
  WithoutTasks,
} from './tool/types.ts';
export type { ElicitAnswer, FormContent, Infer, Json, Schema } from './tool/values.ts';
