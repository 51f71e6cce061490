/** The CDK app of the example: `npm run synth`, and `npx cdk deploy` to an account. */
import { App } from 'aws-cdk-lib/core';
import { DatasetsStack } from '../examples/datasets/stack.ts';
import { readAuthFromContext } from './app/from-context.ts';

new DatasetsStack(new App(), 'McpTasks', {
  description: 'Durable MCP tasks: the example server',
  auth: readAuthFromContext,
});
