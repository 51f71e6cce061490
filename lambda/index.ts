/** The tool authors' interface. */

export { type RunToolOptions, runTool, type TestAnswer, type ToolRunReport } from './testing.ts';
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
export type * from './tool/types.ts';
