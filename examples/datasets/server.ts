/** The example server: tools that read real data. `npm run dev` and `cdk deploy` serve it unless told otherwise. */

import { defineServer } from 'mcp-tasks-aws';
import { defineListDatasets } from './list-datasets.ts';
import { createOutputStore } from './outputs.ts';
import { defineProfileDataset } from './profile-dataset.ts';
import { defineRedactDataset } from './redact-dataset.ts';
import { registerRedactedResource } from './redacted-resource.ts';
import { createDatasets } from './source.ts';

const datasets = createDatasets(process.env.DATASETS_DIR);
const outputs = createOutputStore(process.env);

export default defineServer({
  name: 'datasets',
  version: '0.1.0',
  title: 'Data sets',
  instructions: 'Describes CSV data and redacts personal columns. Start with list_datasets.',
  tools: [defineListDatasets(datasets), defineProfileDataset(datasets), defineRedactDataset(datasets, outputs)],
  mcp: (server) => registerRedactedResource(server, outputs),
});
