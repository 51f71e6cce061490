/** Calls are equal if and only if their arguments are: for idempotency keys and for sealed state. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalizeJson, digestJson } from '../../../lambda/json/canonical-json.ts';

describe('two equal values have one text', () => {
  test.each([
    ['members in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['members in another order, nested', [{ x: { a: [], b: {} } }], [{ x: { b: {}, a: [] } }]],
    ['names that look like numbers', { 1: 'a', b: 'c' }, JSON.parse('{"b":"c","1":"a"}')],
    ['numbers in two notations', JSON.parse('[1.0, 100, -0]'), JSON.parse('[1, 1e2, 0]')],
    ['a member that JSON leaves out', { a: 1, b: undefined }, { a: 1 }],
    ['a date and its text', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
  ])('%s', (_, one, other) => {
    expect(canonicalizeJson(one)).toBe(canonicalizeJson(other));
    expect(digestJson(one)).toBe(digestJson(other));
  });
});

describe('two different values have two texts', () => {
  test.each([
    ['an object and an array of its pairs', { a: 1 }, [['a', 1]]],
    ['the same, nested', { x: { a: 1 } }, { x: [['a', 1]] }],
    ['an object and its canonical form', { a: 1 }, { members: [['a', 1]] }],
    ['an empty object and an empty array', {}, []],
    ['an object and null', {}, null],
    ['a number and its text', { a: 1 }, { a: '1' }],
    ['true and its text', [true], ['true']],
    ['arrays in another order', [1, 2], [2, 1]],
    ['an array and an array of it', [1], [[1]]],
    ['a name and a value that changed places', { a: 'b' }, { b: 'a' }],
    ['numbers that differ in their last digit', 0.1, 0.10000000000000002],
    ['two dates', { at: new Date(0) }, { at: new Date(1) }],
  ])('%s', (_, one, other) => {
    expect(canonicalizeJson(one)).not.toBe(canonicalizeJson(other));
    expect(digestJson(one)).not.toBe(digestJson(other));
  });
});

test('the text of a value is the text of no other value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(canonicalizeJson(one) === canonicalizeJson(other)).toBe(isSameJson(one, other));
    }),
  );
});

test('members may come in any order', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (members) => {
      const reversed = Object.fromEntries(Object.entries(members).reverse());
      expect(canonicalizeJson(reversed)).toBe(canonicalizeJson(members));
    }),
  );
});

/** Compares member by member, without any text. */
function isSameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSameJson(one[name as never], other[name as never]))
  );
}
