/** Profiles a CSV, column by column. */
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { ColumnProfiler, columnProfile, computeColumnLimit } from './column.ts';
import { type CsvSource, readColumns, readRows } from './csv.ts';

export const csvProfile = z.object({
  source: z.string(),
  bytes: z.number().int(),
  rows: z.number().int().describe('Records after the header.'),
  columns: z.array(columnProfile),
});

export type CsvProfile = z.infer<typeof csvProfile>;

/**
 * Read the whole CSV once, in memory that does not grow with it.
 *
 * @param options.onRead called with the bytes and rows read so far, after each chunk
 * @throws CsvProblem when the input is not valid CSV; the reason of `options.signal` when it aborts
 */
export async function profileCsv(
  csv: CsvSource,
  { signal, onRead }: { readonly signal?: AbortSignal; readonly onRead?: (bytes: number, rows: number) => void } = {},
): Promise<CsvProfile> {
  const names = await readColumns(csv);
  const profilers = names.map((name) => new ColumnProfiler(name, computeColumnLimit(names.length)));
  let rows = 0;
  const readOptions = { ...(signal && { signal }), onRead: (bytes: number) => onRead?.(bytes, rows) };
  for await (const row of readRows(csv, readOptions)) {
    rows += 1;
    // The parser has checked that every record has as many cells as the header.
    for (const [index, cell] of row.entries()) profilers[index]?.add(cell);
  }
  const columns = [];
  for (const profiler of profilers) {
    columns.push(profiler.toProfile());
    // Sorting for quantiles takes milliseconds per column: let timers run in between.
    await setImmediate();
  }
  return { source: csv.name, bytes: csv.bytes, rows, columns };
}
