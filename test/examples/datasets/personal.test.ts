import { describe, expect, test } from 'vitest';
import { findPersonalColumns } from '../../../examples/datasets/personal.ts';
import { createDatasets, toCsvSource } from '../../../examples/datasets/source.ts';

const listPersonalColumns = async (text: string) =>
  (await findPersonalColumns(toCsvSource(text))).map(({ column, kind }) => `${column}: ${kind}`);

describe('personal columns are found', () => {
  test.each([
    ['first_name', 'name'],
    ['LastName', 'name'],
    ['Full Name', 'name'],
    ['surname', 'name'],
    ['Name', 'name'],
    ['E-Mail', 'email'],
    ['customerEmail', 'email'],
    ['Mobile phone', 'phone'],
    ['home_address', 'address'],
    ['ZIP', 'address'],
    ['postcode', 'address'],
    ['date_of_birth', 'date'],
    ['DOB', 'date'],
    ['SSN', 'id'],
    ['patient_id', 'id'],
    ['ip-address', 'id'],
    ['lat', 'coordinate'],
    ['Longitude', 'coordinate'],
    ['gender', 'trait'],
  ])('by the header %j: %s', async (header, kind) => {
    expect(await listPersonalColumns(`"${header}"\nx\n`)).toEqual([`${header}: ${kind}`]);
  });

  test.each([
    ['ada@example.org\nbob@mail.example.co.uk\n', 'email'],
    ['+49 30 123456\n(212) 555-0100\n', 'phone'],
    ['123-45-6789\n', 'id'],
    ['192.168.0.1\n10.0.0.255\n', 'id'],
    ['2009 W. 6th St.\n11322 Alvaro Street\n', 'address'],
    ['ada@example.org\nbob@example.org\nnot given\n""\n', 'email'],
  ])('by cells such as %j: %s', async (cells, kind) => {
    expect(await listPersonalColumns(`x\n${cells}`)).toEqual([`x: ${kind}`]);
  });

  test.each([
    'common_name',
    'Airport Name',
    'page',
    'Deaths',
    'item_id',
    'state',
    'price',
    'language',
    'latency',
    'valid',
  ])('and not where a header only sounds alike: %s', async (header) => {
    expect(await listPersonalColumns(`${header}\n1\n`)).toEqual([]);
  });

  test.each([
    ['a few addresses among other text', 'x\na@example.org\nno\nnone\n-\n'],
    ['prices, dates and times', 'a,b,c\n12.50,2020-01-01,12:30\n'],
    ['no rows', 'x\n'],
    ['empty cells', 'x,y\n,\n,\n'],
  ])('nor in %s', async (_, text) => expect(await listPersonalColumns(text)).toEqual([]));

  test('in real data', async () => {
    const columns = async (dataset: string) =>
      (await findPersonalColumns(await createDatasets().find({ dataset }))).map(({ column }) => column);
    expect(await columns('la-riots')).toEqual([
      'first_name',
      'last_name',
      'age',
      'gender',
      'race',
      'death_date',
      'address',
      'longitude',
      'latitude',
    ]);
    expect(await columns('seattle-weather')).toEqual([]);
    expect(await columns('birdstrikes')).toEqual([]);
  });

  test('with a hostile cell as quickly as with any other', async () => {
    const hostile = ['1'.repeat(200_000), '@'.repeat(200_000), `1 ${'st '.repeat(60_000)}`, 'a@b.'.repeat(50_000)];
    expect(await listPersonalColumns(`x\n${hostile.join('\n')}\n`)).toEqual([]);
  });
});
