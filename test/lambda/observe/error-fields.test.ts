import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../../lambda/engine/errors.ts';
import { toErrorFields } from '../../../lambda/observe/index.ts';
import { ConfigurationError } from '../../../lambda/tool/errors.ts';

describe('the fields of an error', () => {
  test('are its name and where it was thrown, without the message of a tool or a validator', () => {
    const thrown = new TypeError('Unexpected token in\n    "SECRET\n    at SECRET"');
    const fields = toErrorFields(thrown);
    expect(fields.error).toBe('TypeError');
    expect(fields.stack).toContain('error-fields.test.ts');
    expect(JSON.stringify(fields)).not.toContain('SECRET');
  });

  test('leave out the message at the head of the stack, however many lines it has', () => {
    const { stack } = toErrorFields(new Error(['SECRET 1', 'SECRET 2', 'SECRET 3'].join('\n')));
    expect(stack).toMatch(/^ {4}at /);
    expect(stack).not.toContain('SECRET');
  });

  test.each([
    ['our own', new ConfigurationError('TABLE_NAME is missing')],
    ['a store that did not respond', new Unavailable('The wake-up could not be sent: TimeoutError')],
    ['AWS', Object.assign(new Error('The table is being created'), { $metadata: {} })],
    ['the system', Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' })],
    ['a missing module', Object.assign(new Error("Cannot find module './x.mjs'"), { code: 'ERR_MODULE_NOT_FOUND' })],
  ])('contain the message when its author is known: %s', (_, error) => {
    expect(toErrorFields(error).message).toBe(error.message);
  });

  test('are only the type of a thrown value that is not an error', () => {
    expect(toErrorFields('SECRET')).toEqual({ error: 'string' });
    expect(toErrorFields(undefined)).toEqual({ error: 'undefined' });
  });
});
