/** A stack for one server whose tools need no additional resources. */
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { McpTasksServer } from './mcp-tasks-server.ts';
import type { McpTasksServerProps } from './props/props.ts';
import { addServerOutputs } from './server-outputs.ts';

/** CDK's own props of a stack, and those of its server. */
export interface McpTasksStackProps extends StackProps {
  readonly server: McpTasksServerProps;
}

/**
 * One server in its own stack, with the outputs of {@link addServerOutputs}. If the tools need more than the server
 * (a bucket, a table, a permission), write a stack with an {@link McpTasksServer} in it.
 *
 * @example
 * ```ts
 * import { App } from 'aws-cdk-lib/core';
 * import { McpAuth, McpTasksStack } from 'mcp-tasks-aws/cdk';
 *
 * new McpTasksStack(new App(), 'Words', { server: { entry: 'my-server.ts', auth: McpAuth.iam() } });
 * ```
 */
export class McpTasksStack extends Stack {
  readonly server: McpTasksServer;

  constructor(scope: Construct, id: string, { server, ...props }: McpTasksStackProps) {
    super(scope, id, props);
    this.server = new McpTasksServer(this, 'Mcp', server);
    addServerOutputs(this, this.server);
  }
}
