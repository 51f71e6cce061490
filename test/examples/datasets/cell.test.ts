import { describe, expect, test } from 'vitest';
import { parseCell } from '../../../examples/datasets/cell.ts';

describe('a cell is classified by its text', () => {
  test.each([
    ['0', 'integer'],
    ['-17', 'integer'],
    ['+3', 'integer'],
    ['9007199254740991', 'integer'],
    ['3.5', 'number'],
    ['.5', 'number'],
    ['-1e-3', 'number'],
    ['0.0', 'number'],
    ['true', 'boolean'],
    ['FALSE', 'boolean'],
    ['2012-02-29', 'date'],
    ['2015/1/9 04:00:00', 'date'],
    ['2010-01-01T01:00:00', 'date'],
    ['Jan 1 2000', 'date'],
    ['September 30, 1999', 'date'],
  ])('%s is of type %s', (text, type) => expect(parseCell(text).type).toBe(type));

  test.each([
    ['00501', 'a number would lose its zeros'],
    ['9007199254740993', 'a number would not hold all its digits'],
    ['1e999', 'it is no finite number'],
    ['2011-02-29', 'the day does not exist'],
    ['2011-13-01', 'the month does not exist'],
    ['2011-01-01T24:30:00', 'the hour does not exist'],
    ['01/02/2011', 'day and month cannot be told apart'],
    ['Foo 1 2000', 'it names no month'],
    ['1,000', 'separators differ between countries'],
    ['NaN', 'it is no number'],
    ['Infinity', 'it is no number'],
    ['0x10', 'it is a name'],
    ['-', 'a sign alone is text'],
    ['1'.repeat(100_000), 'nothing that long is a number'],
  ])('%.20s is text: %s', (text) => expect(parseCell(text)).toEqual({ type: 'string' }));

  test('reads the moment of a date, in UTC unless an offset is given', () => {
    const time = (text: string) => {
      const cell = parseCell(text);
      return 'time' in cell ? new Date(cell.time).toISOString() : undefined;
    };
    expect(time('1969-07-20')).toBe('1969-07-20T00:00:00.000Z');
    expect(time('2020-06-01T12:30:15.25Z')).toBe('2020-06-01T12:30:15.250Z');
    expect(time('2020-06-01T00:30:00+02:00')).toBe('2020-05-31T22:30:00.000Z');
    expect(time('2020-06-01 00:30-0130')).toBe('2020-06-01T02:00:00.000Z');
    expect(time('0099-01-01')).toBe('0099-01-01T00:00:00.000Z');
    expect(time('Dec 31 1999')).toBe('1999-12-31T00:00:00.000Z');
  });
});
