import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { findPersonalColumns } from '../../../examples/datasets/personal.ts';
import { redactCsv } from '../../../examples/datasets/redact.ts';
import { createDatasets, toCsvSource } from '../../../examples/datasets/source.ts';

const redactText = async (csv: string, columns: string[], secret = 'secret') => {
  const chosen = columns.map((column) => ({ column, kind: 'name' as const, reason: '' }));
  const redacted = await redactCsv(toCsvSource(csv), { columns: chosen, secret });
  return { text: await text(redacted.text), rows: redacted.rows() };
};

describe('a redacted CSV', () => {
  test('has pseudonyms in the chosen columns: equal for equal values, and empty for empty ones', async () => {
    const { text: written, rows } = await redactText('name,n\nAda,1\nBob,2\n Ada ,3\n,4\n', ['name']);
    const [header, ada, bob, again, empty] = written.split('\n').map((line) => line.split(','));
    expect(rows).toBe(4);
    expect(header).toEqual(['name', 'n']);
    expect(ada?.[0]).toMatch(/^name-[0-9a-f]{12}$/);
    expect(bob?.[0]).not.toBe(ada?.[0]);
    expect(again?.[0]).toBe(ada?.[0]);
    expect(empty?.[0]).toBe('');
    expect(written).not.toMatch(/Ada|Bob/);
  });

  test('is the same for the same secret, and different for a different one', async () => {
    const csv = 'name\nAda\n';
    expect(await redactText(csv, ['name'], 'one')).toEqual(await redactText(csv, ['name'], 'one'));
    expect(await redactText(csv, ['name'], 'one')).not.toEqual(await redactText(csv, ['name'], 'two'));
  });

  test('leaves everything else unchanged', async () => {
    const cells = [
      'a "quoted" one',
      'two\nlines',
      'carriage\rreturn',
      'comma, here',
      '  spaces ',
      '=1+1',
      '',
      '東京',
      '00501',
    ];
    const line = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
    const csv = `name${',x'.repeat(cells.length)}\n${`Ada,${line}\n`.repeat(3)}`;
    const { text: written } = await redactText(csv, ['name']);
    const [before, after] = [parse(csv), parse(written)] as [string[][], string[][]];
    expect(after.map((row) => row.slice(1))).toEqual(before.map((row) => row.slice(1)));
  });

  test('of one column keeps its empty cells', async () => {
    const { text: written } = await redactText('name\nAda\n""\nBob\n', ['name']);
    expect(parse(written)).toHaveLength(4);
  });

  test('redacts the second of two columns of one name, when that is the one chosen', async () => {
    const { text: written } = await redactText('name,name\nAda,Bob\n', ['name (2)']);
    expect(written).toMatch(/^name,name\nAda,name-[0-9a-f]{12}\n$/);
  });

  test('of real data leaves no value of the chosen columns behind', async () => {
    const csv = await createDatasets().find({ dataset: 'la-riots' });
    const columns = await findPersonalColumns(csv);
    const original = parse(await text(csv.open()), { columns: true }) as Record<string, string>[];
    const redacted = await redactCsv(csv, { columns, secret: 'secret' });
    const written = parse(await text(redacted.text), { columns: true }) as Record<string, string>[];
    expect(redacted.rows()).toBe(63);
    for (const [at, row] of original.entries())
      for (const [name, value] of Object.entries(row)) {
        const chosen = columns.find(({ column }) => column === name);
        if (chosen && value !== '') expect(written[at]?.[name]).toMatch(new RegExp(`^${chosen.kind}-[0-9a-f]{12}$`));
        else expect(written[at]?.[name]).toBe(value);
      }
  });

  test('fails as reading fails when the CSV is not valid', async () => {
    await expect(redactText(`name,b\n${'Ada,1\n'.repeat(5_000)}Bob\n`, ['name'])).rejects.toThrow(/line 5002/);
  });
});
