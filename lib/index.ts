/** For a CDK app: the construct and its props. */
export { McpTasksServer } from './mcp-tasks-server.ts';
export type * from './props.ts';
