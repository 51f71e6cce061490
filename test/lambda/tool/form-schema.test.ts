/** Forms as MCP has them, made from the schemas a tool is written with. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildFormSchema } from '../../../lambda/tool/form-schema.ts';

describe('a form', () => {
  test('keeps names, titles, defaults and bounds of its fields', () => {
    const schema = z.object({
      name: z.string().min(1).max(80).describe('Your name'),
      mail: z.email().optional(),
      age: z.number().int().min(0).max(150),
      share: z.number().optional(),
      sure: z.boolean().default(false),
    });
    expect(buildFormSchema(schema)).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 80, description: 'Your name' },
        mail: { type: 'string', format: 'email' },
        age: { type: 'integer', minimum: 0, maximum: 150 },
        share: { type: 'number' },
        sure: { type: 'boolean', default: false },
      },
      required: ['name', 'age'],
    });
  });

  test('has single and multiple choices', () => {
    const colour = z.enum(['red', 'green']);
    expect(
      buildFormSchema(z.object({ one: colour, many: z.array(colour).min(1).max(2), only: z.literal('x') })),
    ).toEqual({
      type: 'object',
      properties: {
        one: { type: 'string', enum: ['red', 'green'] },
        many: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string', enum: ['red', 'green'] } },
        only: { type: 'string', enum: ['x'] },
      },
      required: ['one', 'many', 'only'],
    });
  });

  test('leaves out keywords that forms do not have, and bounds without meaning', () => {
    const schema = z.object({ code: z.string().regex(/^[a-z]+$/), id: z.uuid(), count: z.number().int() });
    expect(buildFormSchema(schema).properties).toEqual({
      code: { type: 'string' },
      id: { type: 'string' },
      count: { type: 'integer' },
    });
  });

  test.each([
    [
      'an object with an object in it',
      z.object({ person: z.object({ name: z.string() }) }),
      'Form field "person" is "object"',
    ],
    ['a list of texts', z.object({ tags: z.array(z.string()) }), 'Form field "tags" is a list'],
    ['a list of objects', z.object({ rows: z.array(z.object({})) }), 'Form field "rows" is a list'],
    [
      'a field of two types',
      z.object({ x: z.union([z.string(), z.number()]) }),
      'Form field "x" is ["string","number"]',
    ],
    ['text instead of fields', z.string(), 'The schema of an elicitation form must be an object of named fields.'],
  ])('cannot be %s', (_, schema, message) => {
    expect(() => buildFormSchema(schema)).toThrow(message);
  });
});
