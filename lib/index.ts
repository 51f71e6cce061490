/** `mcp-tasks-aws/cdk`: the construct and its props, for a CDK app. */

export {
  type CognitoAuthOptions,
  type JwtAuthOptions,
  McpAuth,
  type McpAuthKind,
  type TokenOptions,
} from './auth/index.ts';
export { McpTasksServer } from './mcp-tasks-server.ts';
export type { AlarmOptions, MonitoringOptions, MonitoringProps, Thresholds } from './props/monitoring.ts';
export type {
  Asset,
  FunctionsProps,
  IdentityProps,
  LimitsProps,
  McpTasksServerProps,
  RetentionProps,
  ToolsProps,
} from './props/props.ts';
export type { RequestLimits, RequestProps } from './props/request-limits.ts';
export type { QueuesProps, ResourcesProps } from './props/resource-props.ts';
