import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../../lambda/engine/errors.ts';
import { toErrorReply } from '../../../lambda/mcp/errors.ts';

const createNamedError = (name: string, more: object = {}) => Object.assign(new Error('secret detail'), { name }, more);

describe('a service that is slow, busy or unreachable', () => {
  test.each([
    new Unavailable('x'),
    createNamedError('TimeoutError'),
    createNamedError('ThrottlingException', { $fault: 'client' }),
    createNamedError('InternalServerError', { $fault: 'server' }),
    createNamedError('Error', { code: 'ECONNREFUSED' }),
  ])('is reported as 503, to be tried again, without the detail: %s', (error) => {
    const reply = toErrorReply(error);
    expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, error: { code: -32603 }, fault: true });
    expect(JSON.stringify(reply)).not.toContain('secret');
  });

  test.each([
    createNamedError('TypeError'),
    createNamedError('AccessDeniedException', { $fault: 'client' }),
    'text',
    undefined,
  ])('is not mistaken for a fault of our own: %s', (error) => {
    expect(toErrorReply(error)).toMatchObject({
      status: 500,
      error: { code: -32603, message: 'Internal error' },
      fault: true,
    });
  });
});
