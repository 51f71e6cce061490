import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { McpAuth, McpTasksServer, type McpTasksServerProps } from 'mcp-tasks-aws/cdk';

class Consumer extends Stack {
  readonly mcp: McpTasksServer;
  constructor(scope: App, id: string) {
    super(scope, id);
    this.mcp = new McpTasksServer(this, 'Mcp', {
      entry: 'src/server.ts',
      auth: McpAuth.jwt({ issuer: 'https://login.example.com', scopes: ['words'] }),
      streaming: true,
      lease: Duration.seconds(90),
    });
    this.mcp.grantExternal(new ServicePrincipal('states.amazonaws.com'));
    // Escape hatches: whatever the props do not offer is set on the resources.
    this.mcp.workerFunction.addEnvironment('GREETING', 'hello');
    this.mcp.metricDeadLetters().createAlarm(this, 'Dead', { threshold: 1, evaluationPeriods: 1 });
  }
}

// @ts-expect-error auth has no default
export const incomplete: McpTasksServerProps = { entry: 'src/server.ts' };

// @ts-expect-error times must be Durations
export const unitless: Partial<McpTasksServerProps> = { lease: 90 };

const app = new App({ outdir: 'cdk.out', analyticsReporting: false });
new Consumer(app, 'Consumer');
app.synth();
