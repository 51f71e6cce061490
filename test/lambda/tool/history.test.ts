/** Names of steps and waits: they are keys of rows, and clients see some of them. */
import { describe, expect, test } from 'vitest';
import { ProtocolError, StepError } from '../../../lambda/index.ts';
import {
  findNameProblem,
  reviveError,
  toAttemptId,
  toRecordedError,
  toStepId,
  toWaitKey,
} from '../../../lambda/tool/history.ts';

describe('a name', () => {
  test('is the key that a client sees first; a second occurrence and another attempt get different ones', () => {
    expect(toWaitKey({ name: 'columns', n: 1 })).toBe('columns');
    expect(toWaitKey({ name: 'columns', n: 2 })).toBe('columns#2');
    expect(toWaitKey({ name: 'columns', n: 1 }, 2)).toBe('columns#1.2');
    expect(toStepId({ name: 'scan', n: 1 })).toBe('step:scan#1');
    expect(toAttemptId({ name: 'scan', n: 1 }, 3)).toBe('try:scan#1.3');
  });

  test.each<[string, unknown]>([
    ['empty', ''],
    ['no text', 7],
    ['too long', 'x'.repeat(129)],
    ['two keys in one', 'a#2'],
    ['a line feed', 'a\nb'],
  ])('that is %s is refused', (_, name) => {
    expect(findNameProblem(name)).toBeDefined();
  });

  test('may contain anything else', () => {
    for (const name of ['x'.repeat(128), 'Größe: 100 %', '日本']) expect(findNameProblem(name)).toBeUndefined();
  });
});

describe('an error of a step', () => {
  test('comes back with its name and message, as a StepError', () => {
    const revived = reviveError(JSON.parse(JSON.stringify(toRecordedError(new RangeError('too far')))));
    expect(revived).toBeInstanceOf(StepError);
    expect(revived).toMatchObject({ name: 'RangeError', message: 'too far' });
  });

  test('that is a ProtocolError still ends the call with its code', () => {
    const revived = reviveError(JSON.parse(JSON.stringify(toRecordedError(new ProtocolError(-31_100, 'no', [1])))));
    expect(revived).toBeInstanceOf(ProtocolError);
    expect(revived).toMatchObject({ code: -31_100, message: 'no', data: [1] });
  });

  test('may be anything that was thrown', () => {
    expect(toRecordedError('text')).toEqual({ name: 'Error', message: 'text' });
  });
});
