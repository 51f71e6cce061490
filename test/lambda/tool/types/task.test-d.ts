/** What the members of `task` return, and what the compiler refuses. */
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { TaskContext } from '../../../../lambda/index.ts';

declare const task: TaskContext;

describe('a step', () => {
  test('returns what its work returned', () => {
    expectTypeOf(task.step('a', () => 1)).resolves.toEqualTypeOf<number>();
    expectTypeOf(task.step('a', async () => ({ rows: [1, 2], at: 'x' }))).resolves.toEqualTypeOf<{
      rows: number[];
      at: string;
    }>();
    expectTypeOf(task.step('a', async () => {})).resolves.toEqualTypeOf<void>();
    expectTypeOf(task.step('a', (): string | undefined => undefined)).resolves.toEqualTypeOf<string | undefined>();
  });

  test('takes interfaces, unions and tuples of plain data', () => {
    interface Row {
      readonly name: string;
      readonly tags: readonly string[];
      readonly size?: number;
    }
    expectTypeOf(task.step('a', async (): Promise<Row[]> => [])).resolves.toEqualTypeOf<Row[]>();
    expectTypeOf(task.step('a', (): [string, number] | null => null)).resolves.toEqualTypeOf<[string, number] | null>();
  });

  test('gets a key and a signal', () => {
    task.step('a', (step) => {
      expectTypeOf(step.key).toBeString();
      expectTypeOf(step.signal).toEqualTypeOf<AbortSignal>();
    });
  });

  test('returns no Date, Map, Set or RegExp', () => {
    // @ts-expect-error -- a Date comes back from JSON as text
    task.step('a', () => new Date());
    // @ts-expect-error -- a Map comes back from JSON as {}
    task.step('a', async () => new Map([['a', 1]]));
    // @ts-expect-error -- a Set comes back from JSON as {}
    task.step('a', () => new Set([1]));
    // @ts-expect-error -- a RegExp comes back from JSON as {}
    task.step('a', () => /a/);
  });

  test('returns none of them at any depth', () => {
    // @ts-expect-error -- a Date comes back from JSON as text
    task.step('a', () => ({ made: { at: new Date() } }));
    // @ts-expect-error -- a Map comes back from JSON as {}
    task.step('a', async () => [{ counts: new Map([['a', 1]]) }]);
  });

  test('returns no function, symbol or bigint', () => {
    // @ts-expect-error -- JSON has no functions
    task.step('a', () => () => 1);
    // @ts-expect-error -- JSON has no functions
    task.step('a', () => ({ close: () => {} }));
    // @ts-expect-error -- JSON has no symbols
    task.step('a', () => Symbol('a'));
    // @ts-expect-error -- JSON has no bigint
    task.step('a', () => 1n);
  });

  test('returns no instance with methods', () => {
    class Draft {
      readonly id = 1;
      save(): void {}
    }
    // @ts-expect-error -- it would come back without its methods
    task.step('a', () => new Draft());
  });

  test('is retried a number of times, or with back-off', () => {
    task.step('a', () => 1, { retry: 3 });
    task.step('a', () => 1, { retry: { retries: 3, baseMs: 100, maxMs: 1_000 } });
    // @ts-expect-error -- how often?
    task.step('a', () => 1, { retry: { baseMs: 100 } });
  });
});

describe('a form', () => {
  test('types the content of its answer by its schema', async () => {
    const answer = await task.elicit('form', {
      message: '?',
      requestedSchema: z.object({
        name: z.string(),
        age: z.number().int().optional(),
        sure: z.boolean(),
        columns: z.array(z.enum(['a', 'b'])).min(1),
      }),
    });
    if (answer.action === 'accept')
      expectTypeOf(answer.content).toEqualTypeOf<{
        name: string;
        age?: number | undefined;
        sure: boolean;
        columns: ('a' | 'b')[];
      }>();
  });

  test('has content only when it was accepted', async () => {
    const answer = await task.elicit('form', { message: '?', requestedSchema: z.object({ name: z.string() }) });
    expectTypeOf(answer.action).toEqualTypeOf<'accept' | 'decline' | 'cancel' | 'timeout'>();
    // @ts-expect-error -- it may have been declined
    answer.content.name;
    if (answer.action !== 'accept') expectTypeOf(answer.content).toEqualTypeOf<undefined>();
  });

  test('is flat: no nested objects', () => {
    const nested = z.object({ person: z.object({ name: z.string() }) });
    // @ts-expect-error -- MCP's forms have no nested objects
    task.elicit('form', { message: '?', requestedSchema: nested });
  });

  test('has no lists of objects or numbers', () => {
    const rows = z.object({ rows: z.array(z.object({ name: z.string() })) });
    // @ts-expect-error -- a list in a form is a choice of texts
    task.elicit('form', { message: '?', requestedSchema: rows });
    const counts = z.object({ counts: z.array(z.number()) });
    // @ts-expect-error -- a list in a form is a choice of texts
    task.elicit('form', { message: '?', requestedSchema: counts });
  });

  test('has no dates and no null', () => {
    // @ts-expect-error -- ask for text in the format date
    task.elicit('form', { message: '?', requestedSchema: z.object({ at: z.date() }) });
    // @ts-expect-error -- leave the field out instead
    task.elicit('form', { message: '?', requestedSchema: z.object({ name: z.string().nullable() }) });
  });

  test('is an object', () => {
    // @ts-expect-error -- a form has named fields
    task.elicit('form', { message: '?', requestedSchema: z.string() });
    // @ts-expect-error -- a form has named fields
    task.elicit('form', { message: '?', requestedSchema: z.array(z.string()) });
  });
});

describe('other questions', () => {
  test('a URL has an action and no content as its answer', async () => {
    const answer = await task.elicitUrl('pay', { message: 'Pay', url: 'https://example.com' });
    expectTypeOf(answer).toEqualTypeOf<{ readonly action: 'accept' | 'decline' | 'cancel' | 'timeout' }>();
  });

  test('can be checked only for kinds that exist', () => {
    expectTypeOf(task.can('sampling')).toBeBoolean();
    // @ts-expect-error -- no such kind
    task.can('forms');
  });
});

describe('progress', () => {
  test('is a message, or numbers with an optional message', () => {
    task.progress('half way');
    task.progress(1, 2, 'half way');
    // @ts-expect-error -- a message alone, or numbers first
    task.progress('half way', 2);
  });
});
