/** The fixture of `json-schema-2020-12`: a durable tool whose input schema is plain JSON Schema. */
import { fromJsonSchema } from '@modelcontextprotocol/server';
import { defineTool } from '../../lambda/index.ts';

const JSON_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
} as const;

export const jsonSchemaTool = defineTool(
  'json_schema_2020_12_tool',
  { description: 'Tool with JSON Schema 2020-12 features', inputSchema: fromJsonSchema<object>(JSON_SCHEMA) },
  (args) => ({ content: [{ type: 'text', text: JSON.stringify(args) }] }),
);
