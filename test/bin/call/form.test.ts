import { describe, expect, test } from 'vitest';
import { type FormField, InvalidFieldValue, parseFieldValue, parseFormSchema } from '../../../bin/call/form.ts';

const parseField = (schema: Record<string, unknown>): FormField => {
  const [only] = parseFormSchema({ type: 'object', properties: { it: schema }, required: ['it'] });
  if (!only) throw new Error('no field');
  return only;
};
const colours = [
  { const: 'r', title: 'Red' },
  { const: 'g', title: 'Green, dark' },
];

describe('the fields of a form', () => {
  test('keeps their order, and knows which are required', () => {
    const schema = { type: 'object', properties: { b: { type: 'string' }, a: { type: 'boolean' } }, required: ['a'] };
    expect(parseFormSchema(schema).map(({ name, required, kind }) => [name, required, kind])).toEqual([
      ['b', false, 'string'],
      ['a', true, 'boolean'],
    ]);
  });

  test.each([
    ['a plain enum', { type: 'string', enum: ['r', 'g'] }, 'choice', ['r', 'g']],
    ['an enum with titles', { type: 'string', oneOf: colours }, 'choice', ['Red', 'Green, dark']],
    ['an older enum with names', { type: 'string', enum: ['r'], enumNames: ['Red'] }, 'choice', ['Red']],
    ['several of an enum', { type: 'array', items: { type: 'string', enum: ['r'] } }, 'choices', ['r']],
    ['several with titles', { type: 'array', items: { anyOf: colours } }, 'choices', ['Red', 'Green, dark']],
  ])('reads %s', (_what, schema, kind, titles) => {
    const read = parseField(schema);
    expect(read.kind).toBe(kind);
    expect(read.choices.map(({ title }) => title)).toEqual(titles);
  });

  test.each([[undefined], [null], ['text'], [{ properties: null }], [{ properties: { it: null } }]])(
    'survives a schema that is none: %j',
    (schema) => expect(() => parseFormSchema(schema)).not.toThrow(),
  );
});

describe('what was typed', () => {
  test.each([
    ['a string', { type: 'string' }, ' as it is ', ' as it is '],
    ['a number', { type: 'number' }, ' 1.5', 1.5],
    ['an integer', { type: 'integer', minimum: 0 }, '0', 0],
    ['a yes', { type: 'boolean' }, 'Y', true],
    ['a no', { type: 'boolean' }, 'false', false],
    ['a choice by value', { oneOf: colours }, 'r', 'r'],
    ['a choice by title', { oneOf: colours }, 'red', 'r'],
    ['several choices', { type: 'array', items: { anyOf: colours } }, 'r, g,r', ['r', 'g']],
    ['choices with commas in them', { type: 'array', items: { anyOf: colours } }, '["Green, dark"]', ['g']],
    ['no choice at all', { type: 'array', items: { anyOf: colours } }, '', []],
  ])('is read as %s', (_what, schema, typed, value) => {
    expect(parseFieldValue(parseField(schema), typed)).toEqual(value);
  });

  test.each([
    ['not a number', { type: 'number' }, 'ten'],
    ['nothing for a number', { type: 'number' }, ' '],
    ['not a whole number', { type: 'integer' }, '1.5'],
    ['too small a number', { type: 'integer', minimum: 2 }, '1'],
    ['too large a number', { type: 'number', maximum: 2 }, '2.1'],
    ['neither yes nor no', { type: 'boolean' }, 'perhaps'],
    ['too short a text', { type: 'string', minLength: 2 }, 'a'],
    ['too long a text', { type: 'string', maxLength: 2 }, 'abc'],
    ['no such choice', { oneOf: colours }, 'blue'],
    ['too few choices', { type: 'array', minItems: 1, items: { anyOf: colours } }, ''],
    ['too many choices', { type: 'array', maxItems: 1, items: { anyOf: colours } }, 'r,g'],
    ['half a JSON array', { type: 'array', items: { anyOf: colours } }, '["r"'],
  ])('does not fit when it is %s', (_what, schema, typed) => {
    expect(() => parseFieldValue(parseField(schema), typed)).toThrow(InvalidFieldValue);
  });

  test('names a choice by its place only at the prompt', () => {
    expect(parseFieldValue(parseField({ oneOf: colours }), '2', true)).toBe('g');
    expect(() => parseFieldValue(parseField({ oneOf: colours }), '2')).toThrow(InvalidFieldValue);
  });
});
