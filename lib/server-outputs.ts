/** The stack outputs by which people, `npm run tasks` and the stack on one machine find a server. */
import { CfnOutput, type Stack } from 'aws-cdk-lib/core';
import type { McpTasksServer } from './mcp-tasks-server.ts';

/**
 * Adds the outputs `McpEndpoint`, `McpStreamingEndpoint` (with `streaming`), `TaskTable`, `TaskQueue` and
 * `ExternalFunctionName`. Their names are the stack's, so this is for a stack with one server.
 *
 * @example
 * ```ts
 * import { Stack } from 'aws-cdk-lib/core';
 * import type { Construct } from 'constructs';
 * import { addServerOutputs, McpAuth, McpTasksServer } from 'mcp-tasks-aws/cdk';
 *
 * export class ReportsStack extends Stack {
 *   constructor(scope: Construct, id: string) {
 *     super(scope, id);
 *     const mcp = new McpTasksServer(this, 'Mcp', { entry: 'src/server.ts', auth: McpAuth.iam() });
 *     addServerOutputs(this, mcp);
 *   }
 * }
 * ```
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
