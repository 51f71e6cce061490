/** Reads CSV as a stream: memory holds one chunk of it, never the whole. */
import { pipeline, type Readable } from 'node:stream';
import { CsvError, type Parser, parse } from 'csv-parse';

/** Where CSV comes from. */
export interface CsvSource {
  /** For people. */
  readonly name: string;
  /** Its length in bytes, for progress reports. */
  readonly bytes: number;
  /** A new stream of its bytes, from the start. */
  open(): Readable;
}

/** How to stop and to follow a read. */
export interface CsvReadOptions {
  /** Ends the read with the signal's reason at the next chunk. */
  readonly signal?: AbortSignal;
  /** Called with the bytes read so far, after each chunk. */
  readonly onRead?: (bytes: number) => void;
}

/** Limits of a header: neither memory nor a result grows with a hostile one. */
export const MAX_COLUMNS = 500;
export const MAX_COLUMN_NAME_LENGTH = 200;

/** A longer record (characters) is refused: most likely a quote was never closed. */
const MAX_RECORD_LENGTH = 1_048_576;

/** The CSV cannot be read; the message says where and why. */
export class CsvProblem extends Error {
  override readonly name = 'CsvProblem';
  /** Where the problem is, counted from 1. */
  readonly line: number;
  constructor(line: number, reason: string) {
    super(`The CSV cannot be read (line ${line}): ${reason}`);
    this.line = line;
  }
}

/**
 * The names of the columns, made unique: a repeated name gets a number, an empty one its position. A person can then
 * choose among them.
 *
 * @throws CsvProblem when there is no header or it is too large
 */
export async function readColumns(csv: CsvSource): Promise<string[]> {
  const header = await readHeaderRecord(csv);
  const names = new Set<string>();
  for (const [index, cell] of header.entries()) {
    const base = cell.trim() || `column ${index + 1}`;
    let name = base;
    for (let n = 2; names.has(name); n++) name = `${base} (${n})`;
    names.add(name);
  }
  return [...names];
}

/**
 * The first record, exactly as the file has it.
 *
 * @throws CsvProblem as `readColumns` does
 */
export async function readHeaderRecord(csv: CsvSource): Promise<string[]> {
  for await (const header of readRecords(csv, {})) {
    if (header.length > MAX_COLUMNS)
      throw new CsvProblem(1, `it has ${header.length} columns; at most ${MAX_COLUMNS} are supported.`);
    if (header.some((cell) => cell.length > MAX_COLUMN_NAME_LENGTH))
      throw new CsvProblem(1, `a column name must not be longer than ${MAX_COLUMN_NAME_LENGTH} characters.`);
    return header;
  }
  throw new CsvProblem(1, 'it is empty. The first line must name the columns.');
}

/**
 * The records after the header. Each chunk of input is read in its own turn of the event loop, so that timers (the
 * worker's heartbeat among them) keep running however long the file is.
 *
 * @throws CsvProblem when the input is not valid CSV; the reason of `options.signal` when it aborts
 */
export async function* readRows(csv: CsvSource, options: CsvReadOptions = {}): AsyncGenerator<string[]> {
  let isHeader = true;
  for await (const record of readRecords(csv, options)) {
    if (!isHeader) yield record;
    isHeader = false;
  }
}

async function* readRecords(csv: CsvSource, options: CsvReadOptions): AsyncGenerator<string[]> {
  const input = csv.open();
  const closed = new Promise((resolve) => input.once('close', resolve));
  // `pipeline` destroys both streams after an error in either, and when the loop below is left early.
  const parser: Parser = pipeline(
    input,
    (chunks: AsyncIterable<Buffer>) => trackChunks(chunks, options),
    parse({ bom: true, skip_empty_lines: true, max_record_size: MAX_RECORD_LENGTH }),
    () => {},
  );
  try {
    yield* parser as AsyncIterable<string[]>;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof CsvError) throw new CsvProblem(Number(error.lines ?? 1), `${error.message}.`);
    throw error;
  } finally {
    // A caller that has left its loop can rely on the input being closed.
    await closed;
  }
}

async function* trackChunks(chunks: AsyncIterable<Buffer>, { signal, onRead }: CsvReadOptions): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    yield chunk;
    bytes += chunk.length;
    onRead?.(bytes);
  }
}
