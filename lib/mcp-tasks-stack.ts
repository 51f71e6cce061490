import { fileURLToPath } from 'node:url';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { McpTasksServer } from './mcp-tasks-server.ts';
import type { McpTasksServerProps } from './props.ts';

const inRepository = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The example server with the data that its tools read. */
const EXAMPLE: McpTasksServerProps = {
  entry: inRepository('lambda/server.ts'),
  assets: [
    {
      from: inRepository('node_modules/vega-datasets/data'),
      filter: (path) => path.endsWith('.csv'),
      to: 'datasets',
      variable: 'DATASETS_DIR',
    },
  ],
};

/** What the stack is given: `server` defaults to the example. */
export interface McpTasksStackProps extends StackProps {
  readonly server?: McpTasksServerProps;
}

/** One server in a stack of its own; its URL is the output `McpEndpoint`. */
export class McpTasksStack extends Stack {
  readonly server: McpTasksServer;

  constructor(scope: Construct, id: string, { server = EXAMPLE, ...props }: McpTasksStackProps = {}) {
    super(scope, id, props);
    this.server = new McpTasksServer(this, 'Mcp', server);
    new CfnOutput(this, 'McpEndpoint', { value: this.server.endpoint, description: 'The URL to give to MCP clients' });
  }
}
