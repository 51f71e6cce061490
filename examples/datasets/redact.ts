/** Writes a CSV again without what is personal in it. */
import { createHmac } from 'node:crypto';
import { pipeline, type Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { type CsvReadOptions, type CsvSource, readColumns, readHeaderRecord, readRows } from './csv.ts';
import type { PersonalColumn } from './personal.ts';

export interface Redaction {
  /** The columns to redact. All others are copied. */
  readonly columns: readonly PersonalColumn[];
  /** Keys the pseudonyms: the same secret gives the same ones, and without it values cannot be guessed and checked. */
  readonly secret: string;
}

/**
 * The CSV with each cell of the given columns replaced by a pseudonym: its kind and 12 hexadecimal digits of
 * HMAC-SHA-256. Equal values get equal pseudonyms, so that rows can still be joined and counted; empty cells
 * stay empty. This hides values, not patterns: how often a value occurs remains visible.
 *
 * @returns `text`, a stream that fails as reading the CSV does, and `rows()`, their number once the stream has ended
 */
export async function redactCsv(
  csv: CsvSource,
  { columns, secret }: Redaction,
  options: CsvReadOptions = {},
): Promise<{ text: Readable; rows: () => number }> {
  const names = await readColumns(csv);
  const header = await readHeaderRecord(csv);
  const kinds = names.map((name) => columns.find(({ column }) => column === name)?.kind);
  let rows = 0;
  const records = async function* (): AsyncGenerator<string[]> {
    yield header;
    for await (const row of readRows(csv, options)) {
      rows += 1;
      yield row.map((cell, at) => pseudonymize(kinds[at], cell, secret));
    }
  };
  // In a table with one column an empty cell would be an empty line, which readers skip: quote it.
  const text = pipeline(records, stringify({ quoted_empty: names.length === 1 }), () => {});
  return { text, rows: () => rows };
}

function pseudonymize(kind: PersonalColumn['kind'] | undefined, cell: string, secret: string): string {
  const value = cell.trim();
  if (kind === undefined || value === '') return cell;
  return `${kind}-${createHmac('sha256', secret).update(value).digest('hex').slice(0, 12)}`;
}
