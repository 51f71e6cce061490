import { defineTool, type Tool } from 'mcp-tasks-aws';
import { csvProfile, profileCsv } from './profile.ts';
import { formatProfile } from './profile-text.ts';
import { csvArguments, type Datasets } from './source.ts';

/**
 * A task or not, as the client likes. Nothing is recorded on the way: reading again after a crash gives the same
 * figures.
 */
export const defineProfileDataset = (datasets: Datasets): Tool =>
  defineTool(
    'profile_dataset',
    {
      title: 'Profile a data set',
      description:
        'Reads a CSV from end to end and describes each column: type, empty cells, distinct values, quantiles, most ' +
        'frequent values. Give either the name of a packaged data set or CSV text.',
      inputSchema: csvArguments,
      outputSchema: csvProfile,
      annotations: { readOnlyHint: true, openWorldHint: false },
      taskSupport: 'optional',
    },
    async (args, task) => {
      const csv = await datasets.find(args);
      const profile = await profileCsv(csv, {
        signal: task.signal,
        onRead: (bytes, rows) => task.progress(bytes, csv.bytes, `${rows.toLocaleString('en-US')} rows read`),
      });
      return { structuredContent: profile, content: [{ type: 'text', text: formatProfile(profile) }] };
    },
  );
