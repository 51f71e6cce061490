/** For a CDK app: the construct and its props. This file is the complete public surface. */
export { McpAuth, type McpAuthKind } from './auth/mcp-auth.ts';
export type { CognitoAuthOptions, JwtAuthOptions, TokenOptions } from './auth/token-options.ts';
export { McpTasksServer } from './mcp-tasks-server.ts';
export { McpTasksStack, type McpTasksStackProps } from './mcp-tasks-stack.ts';
export type { EndpointProps } from './props/endpoint.ts';
export type { FunctionsProps } from './props/functions.ts';
export type { IdentityProps } from './props/identity.ts';
export type { LeaseProps } from './props/lease.ts';
export type { LimitsProps } from './props/limits.ts';
export type { AlarmOptions, MonitoringOptions, MonitoringProps, Thresholds } from './props/monitoring.ts';
export type { NetworkProps } from './props/network.ts';
export type { McpTasksServerProps } from './props/props.ts';
export type { RequestLimits, RequestProps } from './props/request-limits.ts';
export type { QueuesProps, ResourcesProps } from './props/resources.ts';
export type { RetentionProps } from './props/retention.ts';
export type { Asset, ToolsProps } from './props/tools.ts';
export { addServerOutputs } from './server-outputs.ts';
