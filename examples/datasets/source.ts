/** The CSVs that a tool may read: packaged data sets, and text given in the call. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { CsvSource } from './csv.ts';

/** How a call names its CSV. The size limit of a request (1 MiB) also limits `csv`. */
export const csvArguments = z
  .object({
    dataset: z.string().max(200).optional().describe('Name of a packaged data set, as listed by list_datasets.'),
    csv: z.string().optional().describe('The CSV itself, comma-separated, with a header line.'),
  })
  // `oneOf` would express this in JSON Schema, but model APIs refuse it at the root of a tool's arguments.
  .refine(({ dataset, csv }) => (dataset === undefined) !== (csv === undefined), {
    message: 'Give exactly one of "dataset" and "csv".',
  })
  .describe('Exactly one of "dataset" and "csv".');

export type CsvArguments = z.infer<typeof csvArguments>;

/** The packaged data sets. */
export interface Datasets {
  /** All of them, sorted by name. */
  list(): Promise<CsvSource[]>;
  /**
   * The CSV that a call names.
   *
   * @throws Error when there is no such data set, with the names of those that exist
   */
  find(args: CsvArguments): Promise<CsvSource>;
}

/**
 * The CSV files of a folder.
 *
 * @param folder default: the `data` folder of the package vega-datasets
 */
export function createDatasets(folder?: string): Datasets {
  const open = async (name: string): Promise<CsvSource> => {
    const path = join(folder ?? findPackagedFolder(), name);
    return { name, bytes: (await stat(path)).size, open: () => createReadStream(path) };
  };
  const names = async () => {
    const files = await readdir(folder ?? findPackagedFolder(), { withFileTypes: true }).catch(failNoFolder);
    return files
      .filter((file) => file.isFile() && file.name.endsWith('.csv'))
      .map((file) => file.name)
      .sort();
  };
  return {
    list: async () => Promise.all((await names()).map(open)),
    find: async ({ dataset, csv }) => {
      if (csv !== undefined) return toCsvSource(csv);
      // A name is looked up in the folder's listing and never made into a path: no traversal.
      const known = await names();
      const name = known.find((file) => file === dataset || file === `${dataset}.csv`);
      if (name) return open(name);
      throw new Error(`There is no data set ${JSON.stringify(dataset)}. There are: ${known.join(', ')}.`);
    },
  };
}

/** CSV that was given as a string. */
export function toCsvSource(text: string): CsvSource {
  const bytes = Buffer.from(text);
  return { name: 'given.csv', bytes: bytes.length, open: () => Readable.from(splitChunks(bytes)) };
}

const CHUNK_BYTES = 65_536;

/** One chunk per turn of the event loop, as when a file is read. */
async function* splitChunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    await setImmediate();
    yield bytes.subarray(at, at + CHUNK_BYTES);
  }
}

/**
 * The `data` folder of the package vega-datasets.
 *
 * @throws Error when the package is not installed
 */
export function findPackagedFolder(): string {
  try {
    return join(dirname(fileURLToPath(import.meta.resolve('vega-datasets'))), '..', 'data');
  } catch (cause) {
    return failNoFolder(cause);
  }
}

function failNoFolder(cause: unknown): never {
  throw new Error(
    'No data sets were found: install the package vega-datasets, or set DATASETS_DIR to a folder of CSV files.',
    {
      cause,
    },
  );
}
