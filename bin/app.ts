/** The CDK app: `npm run synth`, and `npx cdk deploy` for an account. */
import { App } from 'aws-cdk-lib/core';
import { authFromContext } from '../lib/auth/from-context.ts';
import { McpTasksStack } from '../lib/mcp-tasks-stack.ts';

new McpTasksStack(new App(), 'McpTasks', {
  description: 'Durable MCP tasks: the example server',
  exampleAuth: authFromContext,
});
