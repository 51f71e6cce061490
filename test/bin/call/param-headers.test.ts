import { describe, expect, test } from 'vitest';
import { buildParamHeaders } from '../../../bin/call/param-headers.ts';

const schema = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    options: { type: 'object', properties: { dry: { type: 'boolean', 'x-mcp-header': 'Dry-Run' } } },
    other: { type: 'string' },
  },
};

describe('Mcp-Param headers', () => {
  test('repeat the arguments that the schema marks, including nested ones, and no others', () => {
    expect(buildParamHeaders(schema, { region: 'eu-west-1', options: { dry: true }, other: 'x' })).toEqual({
      'Mcp-Param-Region': 'eu-west-1',
      'Mcp-Param-Dry-Run': 'true',
    });
  });

  test('are absent where the argument is absent', () => expect(buildParamHeaders(schema, { other: 'x' })).toEqual({}));

  test.each([
    ['Zürich', '=?base64?WsO8cmljaA==?='],
    [' padded', '=?base64?IHBhZGRlZA==?='],
    ['', '=?base64??='],
    ['=?base64?eA==?=', '=?base64?PT9iYXNlNjQ/ZUE9PT89?='],
  ])('carry %j, which is not a valid header value, as Base64', (region, header) => {
    expect(buildParamHeaders(schema, { region })).toEqual({ 'Mcp-Param-Region': header });
  });
});
