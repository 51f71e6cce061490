import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import {
  CsvProblem,
  type CsvSource,
  MAX_COLUMNS,
  readColumns,
  readHeaderRecord,
  readRows,
} from '../../../examples/datasets/csv.ts';
import { toCsvSource } from '../../../examples/datasets/source.ts';

const collectRows = async (text: string, source = toCsvSource(text)) => {
  const rows: string[][] = [];
  for await (const row of readRows(source)) rows.push(row);
  return rows;
};

describe('CSV of every common form is read', () => {
  test.each([
    ['a byte order mark', '\uFEFFa,b\n1,2\n', [['1', '2']]],
    ['CRLF', 'a,b\r\n1,2\r\n', [['1', '2']]],
    ['no line end at the end', 'a,b\n1,2', [['1', '2']]],
    ['quoted line ends, commas and quotes', 'a,b\n"x\ny","1,5 ""net"""\n', [['x\ny', '1,5 "net"']]],
    ['empty lines', 'a,b\n\n1,2\n\n', [['1', '2']]],
    ['empty cells', 'a,b\n,\n', [['', '']]],
    ['a header alone', 'a,b\n', []],
    ['letters of any script', 'a\n東京\n😀\n', [['東京'], ['😀']]],
  ])('%s', async (_, text, rows) => {
    expect(await collectRows(text)).toEqual(rows);
  });

  test('keeps a character whole that is split between two chunks', async () => {
    const bytes = Buffer.from('a\nŽižek😀\n');
    for (let cut = 1; cut < bytes.length; cut++) {
      const open = () => Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(await collectRows('', { name: 'cut', bytes: bytes.length, open })).toEqual([['Žižek😀']]);
    }
  });

  test('reads a cell of a hundred thousand characters', async () => {
    const cell = 'x'.repeat(100_000);
    expect(await collectRows(`a,b\n1,${cell}\n`)).toEqual([['1', cell]]);
  });
});

describe('an error names the line and the reason', () => {
  test.each([
    ['a record too short', 'a,b\n1,2\n3\n', 3, /expect 2, got 1/],
    ['a record too long', 'a,b\n1,2,3\n', 2, /expect 2, got 3/],
    ['a quote that is never closed', 'a,b\n1,2\n"3,4\n', 3, /quote/i],
    ['text after a closing quote', 'a,b\n"1"x,2\n', 2, /quote/i],
    ['a quote inside a cell', 'a,b\n1,x"y\n', 2, /quote/i],
    ['a record of megabytes', `a,b\n1,"${'x'.repeat(3_000_000)}`, 2, /record size/i],
    ['nothing at all', '', 1, /empty/],
    ['a byte order mark alone', '\uFEFF', 1, /empty/],
    ['line ends alone', '\n\n\n', 1, /empty/],
    ['too many columns', Array.from({ length: MAX_COLUMNS + 1 }, (_, i) => `c${i}`).join(','), 1, /501 columns/],
    ['a column with an endless name', `a,${'b'.repeat(201)}\n`, 1, /longer than 200/],
  ])('%s', async (_, text, line, reason) => {
    const read = async () => {
      await readColumns(toCsvSource(text));
      await collectRows(text);
    };
    const problem = await read().catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(CsvProblem);
    expect((problem as CsvProblem).line).toBe(line);
    expect((problem as CsvProblem).message).toMatch(reason);
    expect((problem as CsvProblem).message).toContain(`line ${line}`);
  });

  test('passes on an error of the source', async () => {
    const failing: CsvSource = {
      name: 'failing',
      bytes: 1,
      open: () =>
        Readable.from(
          (function* () {
            yield Buffer.from('a\n1\n');
            throw new Error('the disk is on fire');
          })(),
        ),
    };
    await expect(collectRows('', failing)).rejects.toThrow('the disk is on fire');
  });
});

describe('columns', () => {
  test('have unique names, whatever the header has', async () => {
    const columns = await readColumns(toCsvSource('a,a,,a (2), a ,__proto__,constructor,\n1,2,3,4,5,6,7,8'));
    expect(columns).toEqual(['a', 'a (2)', 'column 3', 'a (2) (2)', 'a (3)', '__proto__', 'constructor', 'column 8']);
  });

  test('keep their original header for writing', async () => {
    expect(await readHeaderRecord(toCsvSource('a,a,, b\n'))).toEqual(['a', 'a', '', ' b']);
  });
});

describe('a long read', () => {
  const long = toCsvSource(`a,b\n${'1,2\n'.repeat(200_000)}`);

  test('reports how far it is', async () => {
    const told: number[] = [];
    for await (const _ of readRows(long, { onRead: (bytes) => told.push(bytes) }));
    expect(told.length).toBeGreaterThan(5);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(long.bytes);
  });

  test('stops when it is aborted, throws the reason, and closes its source', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled by the caller');
    const source = long.open();
    let rows = 0;
    const reading = async () => {
      for await (const _ of readRows({ ...long, open: () => source }, { signal: abort.signal }))
        if (++rows === 1_000) abort.abort(reason);
    };
    await expect(reading()).rejects.toBe(reason);
    expect(rows).toBeLessThan(100_000);
    expect(source.closed).toBe(true);
  });

  test('closes its source when the reader leaves the loop early', async () => {
    const source = long.open();
    for await (const _ of readRows({ ...long, open: () => source })) break;
    expect(source.closed).toBe(true);
    expect(source.readableEnded).toBe(false);
  });

  test('lets timers run in the meantime', async () => {
    let beats = 0;
    const heart = setInterval(() => beats++, 1);
    for await (const _ of readRows(long));
    clearInterval(heart);
    expect(beats).toBeGreaterThan(3);
  });
});
