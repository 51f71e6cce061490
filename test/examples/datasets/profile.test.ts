import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ColumnProfile } from '../../../examples/datasets/column.ts';
import { csvProfile, profileCsv } from '../../../examples/datasets/profile.ts';
import { formatProfile } from '../../../examples/datasets/profile-text.ts';
import { createDatasets, toCsvSource } from '../../../examples/datasets/source.ts';

const profileDatasetNamed = async (dataset: string) => profileCsv(await createDatasets().find({ dataset }));
const findColumn = ({ columns }: { columns: ColumnProfile[] }, name: string) => {
  const found = columns.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no column ${name}`);
  return found;
};

/** The same files, read another way: none of these has a quote, so splitting by lines and commas is enough. */
function readPlainTable(dataset: string): Map<string, string[]> {
  const data = fileURLToPath(new URL(`../data/${dataset}.csv`, import.meta.resolve('vega-datasets')));
  const text = readFileSync(data, 'utf8');
  if (text.includes('"')) throw new Error(`${dataset} has quotes`);
  const [header = [], ...rows] = text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => line.split(','));
  return new Map(header.map((name, at) => [name, rows.map((row) => row[at] ?? '')]));
}

describe('the profile of a real data set agrees with an independent count', () => {
  test.each(['zipcodes', 'seattle-weather', 'sp500-2000', 'la-riots', 'stocks', 'us-employment', 'windvectors'])(
    '%s: rows, empty cells, distinct values, most frequent values',
    async (dataset) => {
      const profile = await profileDatasetNamed(dataset);
      const table = readPlainTable(dataset);
      expect(profile.columns.map(({ name }) => name)).toEqual([...table.keys()]);
      for (const [name, cells] of table) {
        const { nulls, distinct, top } = findColumn(profile, name);
        const counts = Object.groupBy(
          cells.filter((cell) => cell !== ''),
          (cell) => cell,
        );
        expect(profile.rows).toBe(cells.length);
        expect(nulls).toBe(cells.filter((cell) => cell === '').length);
        expect(distinct).toEqual({ count: Object.keys(counts).length, approximate: false });
        const highest = Object.values(counts)
          .map((same) => same?.length ?? 0)
          .filter((n) => n > 1)
          .sort((a, b) => b - a);
        expect(top.values.map(({ count }) => count)).toEqual(highest.slice(0, 5));
        for (const { value, count } of top.values) if (!value.endsWith('…')) expect(counts[value]?.length).toBe(count);
      }
    },
  );

  test.each([
    ['seattle-weather', ['precipitation', 'temp_max', 'temp_min', 'wind']],
    ['sp500-2000', ['open', 'volume']],
    ['zipcodes', ['latitude', 'longitude']],
    ['windvectors', ['speed', 'dir']],
  ])('%s: minimum, maximum, mean and quantiles', async (dataset, names) => {
    const profile = await profileDatasetNamed(dataset);
    const table = readPlainTable(dataset);
    for (const name of names) {
      const sorted = (table.get(name) ?? []).map(Number).sort((a, b) => a - b);
      const { numbers } = findColumn(profile, name);
      expect(numbers?.approximate).toBe(false);
      expect(numbers?.min).toBe(sorted[0]);
      expect(numbers?.max).toBe(sorted.at(-1));
      const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
      expect((numbers?.mean ?? Number.NaN) / mean).toBeCloseTo(1, 9);
      // The definition of a quantile: how many values lie at or below it, how many at or above.
      for (const [key, share] of Object.entries({ p05: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95 })) {
        const value = numbers?.quantiles[key as 'p05'] ?? Number.NaN;
        expect(sorted.filter((one) => one <= value).length).toBeGreaterThanOrEqual(
          Math.floor(share * (sorted.length - 1)),
        );
        expect(sorted.filter((one) => one >= value).length).toBeGreaterThanOrEqual(
          Math.floor((1 - share) * (sorted.length - 1)),
        );
      }
    }
  });

  test('zipcodes: figures counted with sort, cut and wc', async () => {
    const profile = await profileDatasetNamed('zipcodes');
    expect(profile).toMatchObject({ source: 'zipcodes.csv', bytes: 2_018_388, rows: 42_049 });
    expect(findColumn(profile, 'zip_code')).toMatchObject({ type: 'string', distinct: { count: 42_049 } });
    expect(findColumn(profile, 'state').top.values[0]).toEqual({ value: 'TX', count: 2_670 });
  });

  test('dates are distinguished from text', async () => {
    expect(findColumn(await profileDatasetNamed('stocks'), 'date')).toMatchObject({
      type: 'date',
      dates: { earliest: '2000-01-01', latest: '2010-03-01' },
    });
    expect(findColumn(await profileDatasetNamed('github'), 'time').dates?.earliest).toBe('2015-01-01T01:00:00Z');
  });

  test('every packaged data set fits the output schema', async () => {
    for (const csv of await createDatasets().list()) csvProfile.parse(await profileCsv(csv));
  });
});

describe('given CSV', () => {
  const profileGiven = (text: string) => profileCsv(toCsvSource(text));

  test('a header alone is a profile of no rows', async () => {
    const profile = await profileGiven('a,b\n');
    expect(profile.rows).toBe(0);
    expect(profile.columns).toEqual(
      ['a', 'b'].map((name) => ({
        name,
        type: 'empty',
        nulls: 0,
        distinct: { count: 0, approximate: false },
        top: { values: [], approximate: false },
      })),
    );
  });

  test.each([
    ['1\n2.5\n', 'number'],
    ['1\n-2\n', 'integer'],
    ['1\ntrue\n', 'string'],
    ['true\nFalse\n', 'boolean'],
    ['2020-01-01\n5\n', 'string'],
    ['5\n2020-01-01\n', 'string'],
    ['""\n7\n" "\n', 'integer'],
    ['""\n', 'empty'],
  ])('%j is of type %s', async (cells, type) => {
    expect((await profileGiven(`a\n${cells}`)).columns[0]?.type).toBe(type);
  });

  test('hostile names and values are treated as text', async () => {
    const { columns } = await profileGiven('__proto__,constructor\n__proto__,toString\n__proto__,1\n');
    expect(columns.map(({ name, distinct }) => [name, distinct.count])).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
    expect(columns[0]?.top.values).toEqual([{ value: '__proto__', count: 2 }]);
    expect(({} as Record<string, unknown>).toString).toBe(Object.prototype.toString);
  });

  test('a huge cell is counted as a whole and shown in part', async () => {
    const [a, b] = [`${'x'.repeat(300_000)}a`, `${'x'.repeat(300_000)}b`];
    const profile = await profileGiven(`t\n${a}\n${b}\n${b}\n`);
    expect(profile.columns[0]).toMatchObject({
      distinct: { count: 2 },
      top: { values: [{ value: `${'x'.repeat(60)}…`, count: 2 }] },
    });
    expect(JSON.stringify(profile).length).toBeLessThan(1_000);
  });

  test('figures over more values than are kept are estimates, and marked as such', async () => {
    const lines = Array.from({ length: 120_000 }, (_, i) => `${i},${i % 7},row-${i}`);
    const profile = await profileGiven(`n,seven,name\n${lines.join('\n')}\n`);
    const [n, seven, name] = profile.columns;
    expect(n).toMatchObject({ distinct: { approximate: true }, numbers: { min: 0, max: 119_999, approximate: true } });
    expect(Math.abs((n?.distinct.count ?? 0) / 120_000 - 1)).toBeLessThan(0.03);
    expect(Math.abs((n?.numbers?.quantiles.p50 ?? 0) / 60_000 - 1)).toBeLessThan(0.02);
    expect(seven).toMatchObject({ distinct: { count: 7, approximate: false } });
    expect(name).toMatchObject({ type: 'string', distinct: { approximate: true } });
    expect(formatProfile(profile)).toMatch(/\| n +\| integer \| 0 +\| ~1[12]\d,\d{3} +\| 0 +\| ~(59|60)/);
  });
});

describe('the text', () => {
  test('is a table with one line for each column, whatever the column contains', async () => {
    const profile = await profileCsv(toCsvSource('"a|b","c\nd"\n"x|y",1\n"x|y",2.123456789\n'));
    expect(formatProfile(profile).split('\n')).toEqual([
      'given.csv: 2 rows, 2 columns, 38 bytes',
      '',
      '| column | type   | nulls | distinct | min | median  | max     | most frequent |',
      '| ------ | ------ | ----- | -------- | --- | ------- | ------- | ------------- |',
      '| a\\|b   | string | 0     | 1        |     |         |         | x\\|y (2)      |',
      '| c d    | number | 0     | 2        | 1   | 1.56173 | 2.12346 |               |',
    ]);
  });
});
