/** The tool list_datasets: which data sets there are. */
import { defineTool, type Tool } from 'mcp-tasks-aws';
import { z } from 'zod';
import { readColumns } from './csv.ts';
import type { Datasets } from './source.ts';

const datasetList = z.object({
  datasets: z.array(z.object({ name: z.string(), bytes: z.number().int(), columns: z.array(z.string()) })),
});

/**
 * The simplest kind of tool: `taskSupport: 'forbidden'`, so it runs within the request and is never a task. It may,
 * because it is quick: it reads the first line of each file. (Counting rows would read all of them.)
 */
export function defineListDatasets(datasets: Datasets): Tool {
  return defineTool(
    'list_datasets',
    {
      title: 'List data sets',
      description: 'The packaged data sets that profile_dataset and redact_dataset know by name.',
      outputSchema: datasetList,
      annotations: { readOnlyHint: true, openWorldHint: false },
      taskSupport: 'forbidden',
    },
    async () => {
      const found = await Promise.all(
        (await datasets.list()).map(async (csv) => ({
          name: csv.name,
          bytes: csv.bytes,
          columns: await readColumns(csv),
        })),
      );
      const text = found
        .map(({ name, bytes, columns }) => `${name} (${bytes} bytes): ${columns.join(', ')}`)
        .join('\n');
      return { structuredContent: { datasets: found }, content: [{ type: 'text', text }] };
    },
  );
}
