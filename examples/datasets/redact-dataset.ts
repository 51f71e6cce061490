/** The tool redact_dataset: a copy of a CSV without what is personal. */
import { randomBytes } from 'node:crypto';
import { defineTool, type Tool, toolError } from 'mcp-tasks-aws';
import { z } from 'zod';
import type { OutputStore } from './outputs.ts';
import { findPersonalColumns, type PersonalColumn } from './personal.ts';
import { redactCsv } from './redact.ts';
import { toOutputId, toOutputUri } from './redacted-resource.ts';
import { csvArguments, type Datasets } from './source.ts';

const redactionSummary = z.object({
  rows: z.number().int().describe('Rows written.').optional(),
  bytes: z.number().int().describe('Length of the written CSV.').optional(),
  redacted: z.array(z.string()).describe('Columns whose values were replaced by pseudonyms.'),
  kept: z.array(z.string()).describe('Columns that look personal and were left as they are, as the user decided.'),
  uri: z.string().describe('The resource to read the redacted CSV from.').optional(),
});

/**
 * `taskSupport: 'required'`: always a task, because it waits for a person. While it waits nothing runs. With the answer
 * it runs again from the top, in any worker, and each step that was recorded returns what it returned before.
 */
export function defineRedactDataset(datasets: Datasets, outputs: OutputStore): Tool {
  return defineTool(
    'redact_dataset',
    {
      title: 'Redact a data set',
      description:
        'Finds the columns of a CSV that look personal, asks the user which of them to redact, and writes a copy ' +
        'with their values replaced by pseudonyms (equal values get equal ones; empty cells stay empty). ' +
        'Give either the name of a packaged data set or CSV text.',
      inputSchema: csvArguments,
      outputSchema: redactionSummary,
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
      taskSupport: 'required',
      asks: ['elicitation'],
    },
    async (args, task) => {
      const csv = await datasets.find(args);
      const reportProgress = (message: string) => (bytes: number) => task.progress(bytes, csv.bytes, message);

      // A step, so that the file is not scanned again once the answer has arrived.
      const found = await task.step('scan', ({ signal }) =>
        findPersonalColumns(csv, { signal, onRead: reportProgress('Looking for personal columns') }),
      );
      if (found.length === 0) {
        const text = `No column of ${csv.name} looks personal. Nothing was written.`;
        return { structuredContent: { redacted: [], kept: [] }, content: [{ type: 'text', text }] };
      }

      const answer = await task.elicit('columns', {
        message: formatQuestion(csv.name, found),
        requestedSchema: z.object({
          columns: z
            .array(z.enum(found.map(({ column }) => column)))
            .min(1)
            .describe('Columns to redact'),
        }),
      });
      if (answer.action !== 'accept') return toolError(`Nothing redacted (${answer.action}).`);
      const chosen = new Set<string>(answer.content.columns);
      const columns = found.filter(({ column }) => chosen.has(column));

      // What is random belongs in a step: a run that repeats the next one has to write the same file.
      const secret = await task.step('secret', () => randomBytes(32).toString('base64url'));
      const written = await task.step(
        'write',
        async ({ key, signal }) => {
          const { text, rows } = await redactCsv(
            csv,
            { columns, secret },
            { signal, onRead: reportProgress('Writing') },
          );
          // A step may run more than once before it is recorded. Its key is the same each time, and so is the id: a
          // later attempt replaces what an earlier one wrote.
          const id = toOutputId(key);
          const bytes = await outputs.put(id, text);
          return { rows: rows(), bytes, uri: toOutputUri(id) };
        },
        { retry: 3 },
      );

      const redacted = columns.map(({ column }) => column);
      const kept = found.map(({ column }) => column).filter((column) => !chosen.has(column));
      const name = `redacted-${csv.name}`;
      return {
        structuredContent: { ...written, redacted, kept },
        content: [
          {
            type: 'text',
            text: `${written.rows} rows written to ${written.uri}. Pseudonyms in: ${redacted.join(', ')}.`,
          },
          { type: 'resource_link', uri: written.uri, name, mimeType: 'text/csv', size: written.bytes },
        ],
      };
    },
  );
}

function formatQuestion(csv: string, found: readonly PersonalColumn[]): string {
  const lines = found.map(({ column, kind, reason }) => `- ${column}: ${kind} (${reason})`);
  return [`Which of these columns in ${csv} should be redacted?`, ...lines].join('\n');
}
