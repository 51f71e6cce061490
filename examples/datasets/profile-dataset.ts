/** The tool profile_dataset: what a CSV holds. */
import { defineTool, type Tool } from 'mcp-tasks-aws';
import { csvProfile, profileCsv } from './profile.ts';
import { formatProfile } from './profile-text.ts';
import { csvArguments, type Datasets } from './source.ts';

/**
 * `taskSupport: 'optional'`: a task if the client can handle tasks, else it runs within the request. It has no steps,
 * because it has no effects: after a crash it simply starts again and computes the same figures.
 */
export function defineProfileDataset(datasets: Datasets): Tool {
  return defineTool(
    'profile_dataset',
    {
      title: 'Profile a data set',
      description:
        'Reads a whole CSV and describes each column: type, empty cells, distinct values, quantiles, most ' +
        'frequent values. Give either the name of a packaged data set or CSV text.',
      inputSchema: csvArguments,
      outputSchema: csvProfile,
      annotations: { readOnlyHint: true, openWorldHint: false },
      taskSupport: 'optional',
    },
    async (args, task) => {
      const csv = await datasets.find(args);
      const profile = await profileCsv(csv, {
        // Aborts when the task is cancelled: the tool then stops at the next chunk.
        signal: task.signal,
        onRead: (bytes, rows) => task.progress(bytes, csv.bytes, `${rows.toLocaleString('en-US')} rows read`),
      });
      return { structuredContent: profile, content: [{ type: 'text', text: formatProfile(profile) }] };
    },
  );
}
