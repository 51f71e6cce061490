import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../../lambda/engine/errors.ts';
import { toErrorFields } from '../../../lambda/observe/index.ts';
import { ConfigurationError } from '../../../lambda/tool/errors.ts';

describe('what a line tells of an error', () => {
  test('is its name and where it was thrown, and not a word of what a tool or a validator said', () => {
    const thrown = new TypeError('Unexpected token in\n    "SECRET\n    at SECRET"');
    const told = toErrorFields(thrown);
    expect(told.error).toBe('TypeError');
    expect(told.stack).toContain('error-fields.test.ts');
    expect(JSON.stringify(told)).not.toContain('SECRET');
  });

  test('leaves out the message at the head of the stack, however many lines it has', () => {
    const { stack } = toErrorFields(new Error(['SECRET 1', 'SECRET 2', 'SECRET 3'].join('\n')));
    expect(stack).toMatch(/^ {4}at /);
    expect(stack).not.toContain('SECRET');
  });

  test.each([
    ['our own', new ConfigurationError('TABLE_NAME is missing')],
    ['a store that did not answer', new Unavailable('The wake-up could not be sent: TimeoutError')],
    ['AWS', Object.assign(new Error('The table is being created'), { $metadata: {} })],
    ['the system', Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' })],
    ['a missing module', Object.assign(new Error("Cannot find module './x.mjs'"), { code: 'ERR_MODULE_NOT_FOUND' })],
  ])('is the message too where it is known who wrote it: %s', (_, error) => {
    expect(toErrorFields(error).message).toBe(error.message);
  });

  test('is no more than the type of what is no error', () => {
    expect(toErrorFields('SECRET')).toEqual({ error: 'string' });
    expect(toErrorFields(undefined)).toEqual({ error: 'undefined' });
  });
});
