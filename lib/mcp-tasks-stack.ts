import { fileURLToPath } from 'node:url';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { McpAuth } from './auth/mcp-auth.ts';
import { EXAMPLE_SERVER_FILE } from './example.ts';
import { McpTasksServer } from './mcp-tasks-server.ts';
import type { McpTasksServerProps } from './props/props.ts';
import type { ToolsProps } from './props/tools.ts';

const toRepositoryPath = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The example server with the data that its tools read. */
const EXAMPLE_TOOLS: ToolsProps = {
  entry: EXAMPLE_SERVER_FILE,
  assets: [
    {
      from: toRepositoryPath('node_modules/vega-datasets/data'),
      filter: (path) => path.endsWith('.csv'),
      to: 'datasets',
      variable: 'DATASETS_DIR',
    },
  ],
};

/** What the stack is given: `server` defaults to the example. */
export interface McpTasksStackProps extends StackProps {
  /**
   * Who may call the example, given the stack, in which a user pool can be looked up.
   *
   * @default - anybody: the example is there to be tried out, and says so when it is synthesized
   */
  readonly exampleAuth?: (scope: Construct) => McpAuth;
  /**
   * What else the example is given.
   *
   * @default - nothing
   */
  readonly exampleProps?: Partial<McpTasksServerProps>;
  readonly server?: McpTasksServerProps;
}

/** One server in a stack of its own; its URL is the output `McpEndpoint`. */
export class McpTasksStack extends Stack {
  readonly server: McpTasksServer;

  constructor(
    scope: Construct,
    id: string,
    { server, exampleAuth = McpAuth.none, exampleProps, ...props }: McpTasksStackProps = {},
  ) {
    super(scope, id, props);
    this.server = new McpTasksServer(
      this,
      'Mcp',
      server ?? { ...EXAMPLE_TOOLS, ...exampleProps, auth: exampleAuth(this) },
    );
    new CfnOutput(this, 'McpEndpoint', { value: this.server.endpoint, description: 'The URL to give to MCP clients' });
    const { streamingEndpoint } = this.server;
    if (streamingEndpoint !== undefined)
      new CfnOutput(this, 'McpStreamingEndpoint', {
        value: streamingEndpoint,
        description: 'The same server, where subscriptions stay open',
      });
    new CfnOutput(this, 'TaskTable', { value: this.server.table.tableName, description: '--table of npm run tasks' });
    new CfnOutput(this, 'TaskQueue', { value: this.server.queue.queueUrl, description: '--queue of npm run tasks' });
    new CfnOutput(this, 'ExternalFunctionName', {
      value: this.server.externalFunction.functionName,
      description: 'What outside systems invoke with the token of task.waitFor',
    });
  }
}
