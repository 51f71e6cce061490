/** The CDK app: `npm run synth`, and `npx cdk deploy` for an account. */
import { App } from 'aws-cdk-lib/core';
import { McpTasksStack } from '../lib/mcp-tasks-stack.ts';
import { readAuthFromContext } from './app/from-context.ts';

new McpTasksStack(new App(), 'McpTasks', {
  description: 'Durable MCP tasks: the example server',
  exampleAuth: readAuthFromContext,
});
