import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runTool, type ToolRunReport } from 'mcp-tasks-aws/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineListDatasets } from '../../../examples/datasets/list-datasets.ts';
import { createOutputStore, type OutputStore } from '../../../examples/datasets/outputs.ts';
import { defineProfileDataset } from '../../../examples/datasets/profile-dataset.ts';
import { defineRedactDataset } from '../../../examples/datasets/redact-dataset.ts';
import server from '../../../examples/datasets/server.ts';
import { createDatasets, type Datasets, toCsvSource } from '../../../examples/datasets/source.ts';

const datasets = createDatasets();
const readStructured = <T>({ result }: ToolRunReport): T => {
  if (!result?.structuredContent) throw new Error('no structured content');
  return result.structuredContent as T;
};
const readReportText = ({ result }: ToolRunReport) =>
  result?.content[0]?.type === 'text' ? result.content[0].text : '';

describe('the example server', () => {
  test('has three tools: one that is never a task, one that can be, one that always is', () => {
    expect([...server.tools.values()].map(({ name, taskSupport }) => [name, taskSupport])).toEqual([
      ['list_datasets', 'forbidden'],
      ['profile_dataset', 'optional'],
      ['redact_dataset', 'required'],
    ]);
  });
});

describe('list_datasets', () => {
  test('lists every packaged data set with its size and columns', async () => {
    const report = await runTool(defineListDatasets(datasets), {});
    const found = readStructured<{ datasets: { name: string }[] }>(report).datasets;
    expect(found).toHaveLength((await datasets.list()).length);
    expect(found).toContainEqual({ name: 'lookup_people.csv', bytes: 125, columns: ['name', 'age', 'height'] });
    expect(readReportText(report)).toContain('lookup_people.csv (125 bytes): name, age, height');
  });
});

describe('profile_dataset', () => {
  const tool = defineProfileDataset(datasets);

  test('describes a packaged data set: figures for programs, a table for people, and progress while it runs', async () => {
    const report = await runTool(tool, { dataset: 'zipcodes' });
    expect(report.result?.structuredContent).toMatchObject({ source: 'zipcodes.csv', rows: 42_049 });
    expect(readReportText(report)).toMatch(/^zipcodes\.csv: 42,049 rows, 6 columns.*\n\n\| column/);
    expect(report.progress.length).toBeGreaterThan(10);
    expect(report.progress.at(-1)).toMatchObject({
      progress: { done: 2_018_388, total: 2_018_388 },
      statusMessage: expect.stringMatching(/^4\d,\d{3} rows read$/),
    });
  });

  test('returns the same when it runs again', async () => {
    const once = await runTool(tool, { dataset: 'species' });
    expect((await runTool(tool, { dataset: 'species' })).result).toEqual(once.result);
  });

  test.each([
    ['malformed CSV', { csv: 'a,b\n1,2\n3\n' }, /line 3.*expect 2, got 1/],
    ['empty CSV', { csv: '' }, /line 1.*empty/],
    [
      'an unknown data set',
      { dataset: '../../etc/passwd' },
      /^There is no data set "..\/..\/etc\/passwd"\. There are: airports\.csv,/,
    ],
    ['a name that every object has', { dataset: '__proto__' }, /^There is no data set "__proto__"/],
  ])('%s is a tool error that explains the problem', async (_, args, message) => {
    const report = await runTool(tool, args);
    expect(report.result?.isError).toBe(true);
    expect(readReportText(report)).toMatch(message);
  });

  test.each([{}, { dataset: 'a', csv: 'b' }, { dataset: 1 }])('%j is refused before the tool runs', async (args) => {
    await expect(runTool(tool, args)).rejects.toThrow(/do not fit/);
  });

  test('stops reading when it is cancelled', async () => {
    const abort = new AbortController();
    const source = createEndlessDataset(() => abort.abort());
    const report = await runTool(
      defineProfileDataset(source.datasets),
      { dataset: 'endless' },
      { signal: abort.signal },
    );
    expect(report).toMatchObject({ cancelled: true });
    expect(source.reads.map(({ closed }) => closed)).toEqual([true, true]);
  });
});

/** A data set without an end. @param onTwentieth called at the twentieth chunk of each read */
function createEndlessDataset(onTwentieth: (read: number) => void) {
  const reads: Readable[] = [];
  const chunks = async function* (read: number) {
    yield Buffer.from('email,b\n');
    for (let chunk = 1; ; chunk++) {
      if (chunk === 20) onTwentieth(read);
      await new Promise(setImmediate);
      yield Buffer.from('a@example.org,2\n'.repeat(1_000));
    }
  };
  const open = () => {
    const read = Readable.from(chunks(reads.length));
    reads.push(read);
    return read;
  };
  const datasets: Datasets = { list: async () => [], find: async () => ({ name: 'endless.csv', bytes: 1e12, open }) };
  return { datasets, reads };
}

describe('redact_dataset', () => {
  let folder: string;
  let outputs: OutputStore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redact-test-'));
    outputs = createOutputStore({ DATASETS_FOLDER: folder });
  });
  afterAll(() => rm(folder, { recursive: true }));

  const readWritten = async (report: ToolRunReport) => {
    const { uri } = readStructured<{ uri: string }>(report);
    return (await outputs.get(uri.replace('redacted://', '')))?.text();
  };

  test('asks which of the columns to redact, in a form that every client can show', async () => {
    const report = await runTool(
      defineRedactDataset(datasets, outputs),
      { dataset: 'lookup_people' },
      { answers: { columns: { action: 'decline' } } },
    );
    const [question] = Object.values(report.questions);
    expect(question).toMatchObject({
      method: 'elicitation/create',
      params: {
        message: expect.stringContaining('- age: trait (its header says so)'),
        requestedSchema: {
          type: 'object',
          properties: {
            columns: { type: 'array', minItems: 1, items: { type: 'string', enum: ['name', 'age'] } },
          },
          required: ['columns'],
        },
      },
    });
  });

  test('writes the CSV without the chosen columns, reports what it did, and links to the file', async () => {
    const report = await runTool(
      defineRedactDataset(datasets, outputs),
      { dataset: 'la-riots' },
      { answers: { columns: { columns: ['last_name', 'address'] } }, replay: 'every-step' },
    );
    const csv = (await readWritten(report)) ?? '';
    const lines = csv.split('\n');
    expect(report.runs).toBeGreaterThan(3);
    expect(lines).toHaveLength(65);
    expect(lines[1]).toMatch(/^Cesar A\.,name-[0-9a-f]{12},18,Male,Latino,1992-04-30,address-[0-9a-f]{12},Westlake,/);
    expect(report.result?.structuredContent).toEqual({
      rows: 63,
      bytes: Buffer.byteLength(csv),
      redacted: ['last_name', 'address'],
      kept: ['first_name', 'age', 'gender', 'race', 'death_date', 'longitude', 'latitude'],
      uri: expect.stringMatching(/^redacted:\/\/[0-9a-f]{32}$/),
    });
    expect(report.result?.content[1]).toMatchObject({
      type: 'resource_link',
      name: 'redacted-la-riots.csv',
      mimeType: 'text/csv',
      size: Buffer.byteLength(csv),
    });
  });

  test('asks about given CSV as well, whatever the names of its columns', async () => {
    const csv = '\uFEFF__proto__,__proto__,x\r\nada@example.org,"Ada\nLovelace",1\r\n';
    const report = await runTool(
      defineRedactDataset(datasets, outputs),
      { csv },
      { answers: { columns: { columns: ['__proto__'] } }, replay: 'every-step' },
    );
    expect(await readWritten(report)).toMatch(/^__proto__,__proto__,x\nemail-[0-9a-f]{12},"Ada\nLovelace",1\n$/);
  });

  test.each(['decline', 'cancel'] as const)('redacts nothing when the user’s answer is %s', async (action) => {
    const empty = await mkdtemp(join(folder, 'untouched-'));
    const report = await runTool(
      defineRedactDataset(datasets, createOutputStore({ DATASETS_FOLDER: empty })),
      { dataset: 'la-riots' },
      { answers: { columns: { action } } },
    );
    expect(report.result?.isError).toBe(true);
    expect(readReportText(report)).toBe(`Nothing redacted (${action}).`);
    expect(await readdir(empty)).toEqual([]);
  });

  test('asks nothing and writes nothing when no column looks personal', async () => {
    const report = await runTool(defineRedactDataset(datasets, outputs), { dataset: 'seattle-weather' });
    expect(report.questions).toEqual({});
    expect(report.result?.structuredContent).toEqual({ redacted: [], kept: [] });
    expect(readReportText(report)).toBe('No column of seattle-weather.csv looks personal. Nothing was written.');
  });

  test('writes the same bytes under the same id when its step is repeated', async () => {
    const attempts: { id: string; csv: string }[] = [];
    const failingOnce: OutputStore = {
      get: outputs.get,
      put: async (id, content) => {
        const csv = await text(content);
        attempts.push({ id, csv });
        if (attempts.length === 1) throw new Error('written, but the response was lost');
        return Buffer.byteLength(csv);
      },
    };
    const report = await runTool(
      defineRedactDataset(datasets, failingOnce),
      { dataset: 'lookup_people' },
      { answers: { columns: { columns: ['name'] } }, replay: 'every-step' },
    );
    expect(report.result?.isError).toBeUndefined();
    expect(attempts).toHaveLength(2);
    expect(attempts[1]).toEqual(attempts[0]);
    expect(attempts[0]?.csv).toMatch(/^name,age,height\nname-[0-9a-f]{12},25,180\n/);
  });

  test('scans for personal columns once, however many runs it takes', async () => {
    let opened = 0;
    const counting: Datasets = {
      ...datasets,
      find: async () => {
        const csv = toCsvSource('email\nada@example.org\n');
        const open = () => {
          opened += 1;
          return csv.open();
        };
        return { ...csv, open };
      },
    };
    await runTool(
      defineRedactDataset(counting, outputs),
      { csv: '-' },
      { answers: { columns: { columns: ['email'] } }, replay: 'every-step' },
    );
    // Header and rows for the scan; header twice and rows for writing.
    expect(opened).toBe(5);
  });

  test('stops writing when it is cancelled, and leaves no unfinished file', async () => {
    const empty = await mkdtemp(join(folder, 'cancelled-'));
    const abort = new AbortController();
    const short = toCsvSource('email,b\na@example.org,1\n');
    const source = createEndlessDataset(() => abort.abort());
    let opened = 0;
    const find: Datasets['find'] = async (args) => {
      const long = await source.datasets.find(args);
      // Header and rows for the scan are short; what is read for writing does not end.
      const open = () => {
        opened += 1;
        return opened <= 2 ? short.open() : long.open();
      };
      return { ...long, open };
    };
    const report = await runTool(
      defineRedactDataset({ ...source.datasets, find }, createOutputStore({ DATASETS_FOLDER: empty })),
      { dataset: 'endless' },
      { answers: { columns: { columns: ['email'] } }, signal: abort.signal },
    );
    expect(report).toMatchObject({ cancelled: true });
    expect(source.reads.map(({ closed }) => closed)).toEqual([true, true, true]);
    expect(await readdir(join(empty, 'outputs'))).toEqual([]);
  });

  test('given malformed CSV returns a tool error that names the line, and asks nothing', async () => {
    const report = await runTool(defineRedactDataset(datasets, outputs), { csv: 'email,b\na@example.org\n' });
    expect(report.questions).toEqual({});
    expect(report.result?.isError).toBe(true);
    expect(readReportText(report)).toMatch(/line 2/);
  });
});
