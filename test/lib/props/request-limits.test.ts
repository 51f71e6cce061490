import { expect, test } from 'vitest';
import { findFunction, synthesizeFixture } from '../../support/template.ts';

const synthesizeApiVariables = (requestLimits?: object) =>
  findFunction(synthesizeFixture(requestLimits ? { requestLimits } : {}), 'Api').Environment.Variables;

test('passes the limits that are set to the API function, and leaves the others to their defaults', () => {
  expect(Object.keys(synthesizeApiVariables()).filter((name) => /BODY|ID_LENGTH|INPUT/.test(name))).toEqual([]);
  expect(synthesizeApiVariables({ bytes: 65_536, inputBytes: 1_000 })).toMatchObject({
    MAX_BODY_BYTES: '65536',
    MAX_INPUT_BYTES: '1000',
  });
});

test.each([
  [{ bytes: 0 }, 'requestLimits.bytes is 0: it must be an integer from 1 to 4194304.'],
  [{ depth: 100_000 }, 'requestLimits.depth is 100000'],
  [{ idLength: 1.5 }, 'requestLimits.idLength is 1.5'],
])('refuses %o', (limits, message) => {
  expect(() => synthesizeApiVariables(limits)).toThrow(message);
});
