/** A stack for one server that needs no resources of its own. */
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { McpTasksServer } from './mcp-tasks-server.ts';
import type { McpTasksServerProps } from './props/props.ts';
import { addServerOutputs } from './server-outputs.ts';

export interface McpTasksStackProps extends StackProps {
  readonly server: McpTasksServerProps;
}

/**
 * One server in its own stack, with the outputs of {@link addServerOutputs}. If the tools need more than the server
 * (a bucket, a table, a permission), write a stack with an {@link McpTasksServer} in it.
 */
export class McpTasksStack extends Stack {
  readonly server: McpTasksServer;

  constructor(scope: Construct, id: string, { server, ...props }: McpTasksStackProps) {
    super(scope, id, props);
    this.server = new McpTasksServer(this, 'Mcp', server);
    addServerOutputs(this, this.server);
  }
}
