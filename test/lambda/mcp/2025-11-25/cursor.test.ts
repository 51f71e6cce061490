import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestQuestionKey } from '../../../../lambda/engine/api/follow.ts';
import {
  decodeStreamCursor,
  encodeStreamCursor,
  fitsCursor,
  type StreamCursor,
} from '../../../../lambda/mcp/2025-11-25/cursor.ts';
import { decodeQuestionId, encodeQuestionId } from '../../../../lambda/mcp/2025-11-25/question-id.ts';

const taskId = fc.stringMatching(/^[A-Za-z0-9._~-]{1,128}$/);
const requestId = fc.oneof(fc.string({ maxLength: 20 }), fc.maxSafeInteger());

const cursor: fc.Arbitrary<StreamCursor> = fc
  .record({
    of: fc.constantFrom('task' as const, 'call' as const),
    id: taskId,
    request: requestId,
    stream: fc.stringMatching(/^[\w-]{1,16}$/),
    sequence: fc.nat(),
    progress: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    asked: fc.array(fc.string().map(digestQuestionKey), { maxLength: 10 }),
    done: fc.boolean(),
  })
  .map(({ done, ...rest }) => (done ? { ...rest, done } : rest));

describe('an event id', () => {
  test('decodes to the cursor that it encodes, and fits a header', () => {
    fc.assert(
      fc.property(cursor, (given) => {
        const id = encodeStreamCursor(given);
        expect(id).toMatch(/^[\x21-\x7e]+$/);
        expect(decodeStreamCursor(id)).toEqual(given);
      }),
    );
  });

  test('that is not ours is not decoded, whatever it contains', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        expect(decodeStreamCursor(text)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(cursor, fc.nat(), fc.string({ maxLength: 3 }), (given, at, by) => {
        const id = encodeStreamCursor(given);
        const cut = at % id.length;
        // A changed id is no cursor or another one, but never an error.
        const read = decodeStreamCursor(id.slice(0, cut) + by + id.slice(cut + 1));
        expect(read === undefined || encodeStreamCursor(read).length <= 600).toBe(true);
      }),
    );
  });

  test('has no room for the id of a request that is too long', () => {
    expect(fitsCursor('x'.repeat(100))).toBe(true);
    expect(fitsCursor('x'.repeat(200))).toBe(false);
  });
});

test('the id of a question decodes to the question, whatever its key', () => {
  fc.assert(
    fc.property(fc.constantFrom('task' as const, 'call' as const), taskId, fc.string(), (of, id, key) => {
      expect(decodeQuestionId(encodeQuestionId({ of, id, key }))).toEqual({ of, id, key });
    }),
  );
  for (const id of [undefined, null, 7, '', 'task', 'task::', 'other:x:eA', 'task:../x:eA', 'x'.repeat(5_000)])
    expect(decodeQuestionId(id)).toBeUndefined();
});
