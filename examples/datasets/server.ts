/** The example server: tools that read real data. Its default export is what the stack's `entry` expects. */
import { defineServer } from 'mcp-tasks-aws';
import { defineListDatasets } from './list-datasets.ts';
import { createOutputStore } from './outputs.ts';
import { defineProfileDataset } from './profile-dataset.ts';
import { defineRedactDataset } from './redact-dataset.ts';
import { registerRedactedResource } from './redacted-resource.ts';
import { createDatasets } from './source.ts';

// A server module is loaded by every function that needs the tools, and once by synthesis: so nothing here touches disk
// or network before a tool is called.
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
