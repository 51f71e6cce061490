import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigurationError, InputNotSupported, ProtocolError, TaskError } from '../../../lambda/index.ts';

const sources = readdirSync('lambda', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join('lambda', name), 'utf8'));
const findAll = (pattern: RegExp) => sources.flatMap((source) => [...source.matchAll(pattern)]);

describe('an error of the package', () => {
  test('extends TaskError; only the refusal of a request is outside of it', () => {
    expect(
      findAll(/class (\w+) extends Error\b/g)
        .map(([, name]) => name)
        .toSorted(),
    ).toEqual(['Refusal', 'TaskError']);
  });

  test('has a code that no other has', () => {
    const codes = findAll(/override readonly errorCode(?:: TaskErrorCode)? = '(\w+)';/g).map(([, code]) => code);
    const classes = findAll(/class \w+ extends (?:TaskError|ProtocolError)\b/g);
    expect(codes.toSorted()).toEqual([...new Set(codes)].toSorted());
    expect(codes).toHaveLength(classes.length);
    const declared = findAll(/^ {2}\| '([A-Z_]+)'/gm).map(([, code]) => code);
    expect(codes.toSorted()).toEqual(declared.toSorted());
  });

  test('is matched by its code, whatever its message', () => {
    const error: unknown = new ConfigurationError('anything');
    expect(error instanceof TaskError && error.errorCode).toBe('CONFIGURATION_ERROR');
    expect(error).toMatchObject({ name: 'ConfigurationError' });
  });

  test('has the JSON-RPC code next to its own, which is not sent', () => {
    const error = new ProtocolError(-31_900, 'locked', { until: 1 });
    expect(error).toMatchObject({ errorCode: 'PROTOCOL_ERROR', code: -31_900 });
    expect(error.toRpcError()).toEqual({ code: -31_900, message: 'locked', data: { until: 1 } });
    expect(new InputNotSupported({})).toMatchObject({ errorCode: 'INPUT_NOT_SUPPORTED', code: -32_021 });
  });
});
