import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toJson } from '../../../lambda/tool/json.ts';

const what = 'step "scan"';

describe('a JSON value', () => {
  test('comes back as it went, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(toJson(value, what) as string)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('may be absent, as a whole and as a property', () => {
    expect(toJson(undefined, what)).toBeUndefined();
    expect(toJson({ kept: 1, dropped: undefined }, what)).toBe('{"kept":1}');
  });

  test('may contain the same object twice, and objects without a prototype', () => {
    const shared = { a: 1 };
    expect(toJson([shared, shared], what)).toBe('[{"a":1},{"a":1}]');
    expect(toJson(Object.assign(Object.create(null), { a: 1 }), what)).toBe('{"a":1}');
  });
});

describe('a value that JSON would silently change', () => {
  class Draft {
    readonly id = 1;
  }
  const circle: { self?: unknown } = {};
  circle.self = circle;

  test.each<[string, unknown, string]>([
    ['a Date', { at: new Date(0) }, 'a Date at at.'],
    ['a Map', [new Map()], 'a Map at [0].'],
    ['a Set', { rows: [{ seen: new Set() }] }, 'a Set at rows[0].seen.'],
    ['an instance', new Draft(), 'a Draft.'],
    ['bytes', { body: Buffer.from('x') }, 'a Buffer at body.'],
    ['a function', { close: () => {} }, 'a function at close.'],
    ['a symbol', Symbol('s'), 'a symbol.'],
    ['a bigint', { n: 1n }, 'a bigint at n.'],
    ['NaN', { mean: Number.NaN }, 'NaN at mean.'],
    ['infinity', Number.POSITIVE_INFINITY, 'Infinity.'],
    ['a circular reference', circle, 'a circular reference at self.'],
  ])('is refused with what and where: %s', (_, value, message) => {
    expect(() => toJson(value, what)).toThrow(`The value returned by step "scan" is not JSON: ${message}`);
  });
});
