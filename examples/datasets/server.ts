/** The example server: tools that read real data. `npm run dev` and `cdk deploy` serve it unless told otherwise. */

import { defineServer } from '../../lambda/index.ts';
import { listDatasets } from './list-datasets.ts';
import { outputStore } from './outputs.ts';
import { profileDataset } from './profile-dataset.ts';
import { redactDataset } from './redact-dataset.ts';
import { registerRedacted } from './redacted-resource.ts';
import { datasetsIn } from './source.ts';

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
