import { describe, expect, test } from 'vitest';
import { type FormField, InvalidFieldValue, parseFieldValue, parseFormSchema } from '../../../bin/call/form.ts';

function parseField(schema: Record<string, unknown>): FormField {
  const [field] = parseFormSchema({ type: 'object', properties: { it: schema }, required: ['it'] });
  if (!field) throw new Error('The schema has no field.');
  return field;
}
const colours = [
  { const: 'r', title: 'Red' },
  { const: 'g', title: 'Green, dark' },
];

describe('the fields of a form', () => {
  test('keep their order and whether they are required', () => {
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
    ['several values of an enum', { type: 'array', items: { type: 'string', enum: ['r'] } }, 'choices', ['r']],
    ['several values with titles', { type: 'array', items: { anyOf: colours } }, 'choices', ['Red', 'Green, dark']],
  ])('include %s', (_description, schema, kind, titles) => {
    const field = parseField(schema);
    expect(field.kind).toBe(kind);
    expect(field.choices.map(({ title }) => title)).toEqual(titles);
  });

  test.each([[undefined], [null], ['text'], [{ properties: null }], [{ properties: { it: null } }]])(
    'survive a malformed schema: %j',
    (schema) => expect(() => parseFormSchema(schema)).not.toThrow(),
  );
});

describe('a typed answer', () => {
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
  ])('is read as %s', (_description, schema, typed, value) => {
    expect(parseFieldValue(parseField(schema), typed)).toEqual(value);
  });

  test.each([
    ['not a number', { type: 'number' }, 'ten'],
    ['an empty answer for a number', { type: 'number' }, ' '],
    ['not a whole number', { type: 'integer' }, '1.5'],
    ['a number that is too small', { type: 'integer', minimum: 2 }, '1'],
    ['a number that is too large', { type: 'number', maximum: 2 }, '2.1'],
    ['neither yes nor no', { type: 'boolean' }, 'perhaps'],
    ['text that is too short', { type: 'string', minLength: 2 }, 'a'],
    ['text that is too long', { type: 'string', maxLength: 2 }, 'abc'],
    ['an unknown choice', { oneOf: colours }, 'blue'],
    ['too few choices', { type: 'array', minItems: 1, items: { anyOf: colours } }, ''],
    ['too many choices', { type: 'array', maxItems: 1, items: { anyOf: colours } }, 'r,g'],
    ['a truncated JSON array', { type: 'array', items: { anyOf: colours } }, '["r"'],
  ])('does not fit when it is %s', (_description, schema, typed) => {
    expect(() => parseFieldValue(parseField(schema), typed)).toThrow(InvalidFieldValue);
  });

  test('may give a choice by its number only at the prompt', () => {
    expect(parseFieldValue(parseField({ oneOf: colours }), '2', true)).toBe('g');
    expect(() => parseFieldValue(parseField({ oneOf: colours }), '2')).toThrow(InvalidFieldValue);
  });
});
