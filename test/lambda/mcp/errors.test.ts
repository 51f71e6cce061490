import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../../lambda/engine/errors.ts';
import { tell } from '../../../lambda/mcp/errors.ts';

const named = (name: string, more: object = {}) => Object.assign(new Error('secret detail'), { name }, more);

describe('a service that is slow, busy or out of reach', () => {
  it.each([
    new Unavailable('x'),
    named('TimeoutError'),
    named('ThrottlingException', { $fault: 'client' }),
    named('InternalServerError', { $fault: 'server' }),
    named('Error', { code: 'ECONNREFUSED' }),
  ])('is told as 503, to be tried again, without the detail: %s', (error) => {
    const told = tell(error);
    expect(told).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, error: { code: -32603 }, fault: true });
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it.each([named('TypeError'), named('AccessDeniedException', { $fault: 'client' }), 'text', undefined])(
    'is not mistaken for a fault of our own: %s',
    (error) => {
      expect(tell(error)).toMatchObject({
        status: 500,
        error: { code: -32603, message: 'Internal error' },
        fault: true,
      });
    },
  );
});
