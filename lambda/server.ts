/** The example server: tools that read real data. `npm run dev` and `cdk deploy` serve it unless told otherwise. */
import { listDatasets } from './datasets/list-datasets.ts';
import { outputStore } from './datasets/outputs.ts';
import { profileDataset } from './datasets/profile-dataset.ts';
import { redactDataset } from './datasets/redact-dataset.ts';
import { registerRedacted } from './datasets/redacted-resource.ts';
import { datasetsIn } from './datasets/source.ts';
import { defineServer } from './index.ts';

const datasets = datasetsIn(process.env.DATASETS_DIR);
const outputs = outputStore(process.env);

export default defineServer({
  name: 'datasets',
  version: '0.1.0',
  title: 'Data sets',
  instructions: 'Describes CSV data and redacts personal columns. Start with list_datasets.',
  tools: [listDatasets(datasets), profileDataset(datasets), redactDataset(datasets, outputs)],
  mcp: (server) => registerRedacted(server, outputs),
});
