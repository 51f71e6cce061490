/** For a CDK app: the construct and its props. */
export * from './auth/index.ts';
export { McpTasksServer } from './mcp-tasks-server.ts';
export type * from './props/monitoring.ts';
export type * from './props/props.ts';
export type { RequestLimits, RequestProps } from './props/request-limits.ts';
export type * from './props/resource-props.ts';
