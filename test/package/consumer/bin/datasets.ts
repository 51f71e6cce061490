/** The app of a copied example, as its README shows it. */
import { App } from 'aws-cdk-lib/core';
import { McpAuth } from 'mcp-tasks-aws/cdk';
import { DatasetsStack } from '../datasets/stack.ts';

const app = new App({ outdir: 'cdk.datasets', analyticsReporting: false });
new DatasetsStack(app, 'Datasets', { auth: () => McpAuth.iam() });
app.synth();
