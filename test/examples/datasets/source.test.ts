import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatasets, csvArguments } from '../../../examples/datasets/source.ts';

describe('the packaged data sets', () => {
  test('are the CSVs of the package', async () => {
    const sets = await createDatasets().list();
    expect(sets.map(({ name }) => name)).toContain('zipcodes.csv');
    expect(sets.every(({ name }) => name.endsWith('.csv'))).toBe(true);
    expect(sets.find(({ name }) => name === 'zipcodes.csv')?.bytes).toBe(2_018_388);
  });

  test('are found with or without the ending', async () => {
    for (const dataset of ['zipcodes', 'zipcodes.csv'])
      expect((await createDatasets().find({ dataset })).name).toBe('zipcodes.csv');
  });
});

describe('a folder of data sets', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'datasets-test-'));
    await mkdir(join(folder, 'inner'));
    await mkdir(join(folder, 'folder.csv'));
    await writeFile(join(folder, 'mine.csv'), 'a\n1\n');
    await writeFile(join(folder, 'notes.txt'), 'not for reading');
    await writeFile(join(folder, 'inner', 'deep.csv'), 'a\n1\n');
    await writeFile(join(folder, '..', 'datasets-test-outside.csv'), 'a\nsecret\n');
    await symlink('/etc/passwd', join(folder, 'linked.csv'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await rm(join(folder, '..', 'datasets-test-outside.csv'));
  });

  test.each([
    '../../etc/passwd',
    '../datasets-test-outside',
    '../datasets-test-outside.csv',
    '..%2Fdatasets-test-outside.csv',
    '/etc/passwd',
    'mine.csv\0',
    'mine.csv/',
    './mine.csv',
    'MINE.CSV',
    'inner/deep.csv',
    'folder.csv',
    'folder',
    'linked.csv',
    'notes.txt',
    '',
    '.',
    '__proto__',
    'constructor',
    'toString',
  ])('has none named %j, and the error lists those that exist', async (dataset) => {
    await expect(createDatasets(folder).find({ dataset })).rejects.toThrow(
      /^There is no data set .*There are: mine\.csv\.$/,
    );
  });

  test('that does not exist is an error that says what to do', async () => {
    await expect(createDatasets(join(folder, 'gone')).list()).rejects.toThrow(/set DATASETS_DIR/);
  });
});

describe('the arguments', () => {
  test.each([{}, { dataset: 'a', csv: 'b' }])('%j are refused: exactly one CSV must be named', (args) => {
    const parsed = csvArguments.safeParse(args);
    expect(parsed.error?.issues[0]?.message).toBe('Give exactly one of "dataset" and "csv".');
  });

  test('may contain an empty text, which the reader refuses', () => {
    expect(csvArguments.safeParse({ csv: '' }).success).toBe(true);
  });

  test('are described as a JSON Schema object, as every model API accepts it', () => {
    const schema = csvArguments['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
    expect(schema).toMatchObject({ type: 'object', description: 'Exactly one of "dataset" and "csv".' });
    expect(Object.keys(schema.properties as object)).toEqual(['dataset', 'csv']);
  });
});
