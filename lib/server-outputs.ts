/** The stack outputs by which people, `npm run tasks` and the stack on one machine find a server. */
import { CfnOutput, type Stack } from 'aws-cdk-lib/core';
import type { McpTasksServer } from './mcp-tasks-server.ts';

/**
 * Add the outputs `McpEndpoint`, `McpStreamingEndpoint` (with `streaming`), `TaskTable`, `TaskQueue` and
 * `ExternalFunctionName`. Their names are those of the stack, so this is for a stack with one server.
 */
export function addServerOutputs(stack: Stack, server: McpTasksServer): void {
  new CfnOutput(stack, 'McpEndpoint', { value: server.endpoint, description: 'The URL to give to MCP clients' });
  if (server.streamingEndpoint !== undefined)
    new CfnOutput(stack, 'McpStreamingEndpoint', {
      value: server.streamingEndpoint,
      description: 'The same server, where subscriptions stay open',
    });
  new CfnOutput(stack, 'TaskTable', { value: server.table.tableName, description: '--table of npm run tasks' });
  new CfnOutput(stack, 'TaskQueue', { value: server.queue.queueUrl, description: '--queue of npm run tasks' });
  new CfnOutput(stack, 'ExternalFunctionName', {
    value: server.externalFunction.functionName,
    description: 'What outside systems invoke with the token of task.waitFor',
  });
}
