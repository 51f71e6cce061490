/** For a CDK app: the construct and its props. */
export * from './auth/index.ts';
export { McpTasksServer } from './mcp-tasks-server.ts';
export type * from './monitoring/props.ts';
export type * from './props.ts';
export type { RequestLimits, RequestProps } from './request-limits.ts';
export type * from './resource-props.ts';
