/** A result that fits is delivered as it is; a larger one becomes links, never a failure. */
import { describe, expect, test } from 'vitest';
import { ENGINE_DEFAULTS } from '../../../lambda/engine/settings.ts';
import {
  fillLinkUrls,
  fitOutcome,
  measureResponseBytes,
  type StoredOutcome,
} from '../../../lambda/payloads/large-result.ts';
import type { ResultFile } from '../../../lambda/payloads/result-files.ts';
import type { Outcome } from '../../../lambda/tasks/record.ts';

const LIMIT = 100_000;
type Block = Readonly<Record<string, unknown>>;

async function fitAndOpen(outcome: Outcome, limit = LIMIT) {
  const files = new Map<string, ResultFile>();
  const stored = await fitOutcome(outcome, limit, async (file) => {
    files.set(`key-of-${file.name}`, file);
    return `key-of-${file.name}`;
  });
  // The longest URL that there may be.
  const opened = await fillLinkUrls(
    stored,
    async (key) => `https://files/${key}?${'x'.repeat(4_096 - 64 - key.length)}`,
  );
  return { files, stored, opened, result: 'result' in opened ? opened.result : {} };
}
const readContent = (result: Readonly<Record<string, unknown>>) => result.content as Block[];
const toTextContent = (value: string) => ({ type: 'text', text: value });

describe('the size of a response', () => {
  test.each([
    ['plain text', 'abc', 5 + 2],
    ['quotes', '"', 2 + 2 + 2 + 2],
    ['line feeds', '\n', 2 + 1 + 2 + 2],
    ['control characters', '\u0001', 7 + 4],
    ['emoji', '\u{1F600}', 4 + 4],
    ['lone surrogates', '\ud800', 7 + 4],
  ])('is that of a string within a string: %s', (_, value, bytes) => {
    expect(measureResponseBytes(value)).toBe(bytes);
    const response = JSON.stringify({ body: JSON.stringify(value) });
    expect(Buffer.byteLength(response)).toBe('{"body":""}'.length + bytes);
  });

  test('leaves room for the rest of the response in Lambda’s 6 MB, and no more than needed', () => {
    expect(6 * 1024 * 1024 - ENGINE_DEFAULTS.responseBytes).toBe(128 * 1024);
  });
});

describe('a result', () => {
  /** A result of exactly `bytes` bytes in a response, most of them from characters that count several times. */
  function resultOf(bytes: number) {
    const filled = (fill: number) => ({
      content: [toTextContent('"\n\\\u{1F600}ä\u0001'.repeat(2_000) + 'x'.repeat(fill))],
    });
    return filled(bytes - measureResponseBytes(filled(0)));
  }

  test('stays whole up to the last byte that fits', async () => {
    const { stored, files } = await fitAndOpen({ result: resultOf(LIMIT) });
    expect(stored).toEqual({ result: resultOf(LIMIT) });
    expect(files.size).toBe(0);
  });

  test('becomes a link with one byte more, and the file has the whole block', async () => {
    const whole = resultOf(LIMIT + 1);
    const { result, files } = await fitAndOpen({ result: whole });
    const [block] = readContent(result);
    const bytes = Buffer.from(whole.content[0]?.text ?? '');
    expect(block).toMatchObject({
      type: 'resource_link',
      name: 'content-1.txt',
      mimeType: 'text/plain',
      size: bytes.length,
      uri: expect.stringMatching(/^https:\/\/files\/key-of-content-1\.txt\?/),
    });
    expect(files.get('key-of-content-1.txt')).toEqual({ name: 'content-1.txt', mediaType: 'text/plain', bytes });
    expect(measureResponseBytes(result)).toBeLessThanOrEqual(LIMIT);
  });

  test('replaces only its largest blocks, and keeps their order', async () => {
    const sizes = [30_000, 200, 90_000, 40_000, 10];
    const { result } = await fitAndOpen({ result: { content: sizes.map((size) => toTextContent('x'.repeat(size))) } });
    expect(readContent(result).map(({ type, size, text: kept }) => [type, size ?? (kept as string).length])).toEqual([
      ['text', 30_000],
      ['text', 200],
      ['resource_link', 90_000],
      ['text', 40_000],
      ['text', 10],
    ]);
  });

  test('keeps its structured content, its metadata and its error flag', async () => {
    const structuredContent = { rows: Array.from({ length: 1_000 }, (_, row) => ({ row })) };
    const { result } = await fitAndOpen({
      result: { content: [toTextContent('x'.repeat(LIMIT))], structuredContent, isError: true, _meta: { 'a/b': 1 } },
    });
    expect(result).toMatchObject({ structuredContent, isError: true, _meta: { 'a/b': 1 } });
    expect(readContent(result)[0]?.type).toBe('resource_link');
  });

  test('turns images, audio and resources back into bytes, and names them', async () => {
    const data = Buffer.from(Uint8Array.from({ length: 90_000 }, (_, index) => index % 251)).toString('base64');
    const annotations = { audience: ['user'] };
    const uri = 'https://example.com/reports/2026/march 1.csv?x=/y';
    const { result, files } = await fitAndOpen({
      result: {
        content: [
          { type: 'image', data, mimeType: 'image/png', annotations },
          { type: 'audio', data, mimeType: 'audio/wav' },
          { type: 'resource', resource: { uri, text: 'a,b\n'.repeat(30_000), mimeType: 'text/csv' } },
          { type: 'resource', resource: { uri: 'x:', blob: data }, _meta: { 'a/b': 1 } },
        ],
      },
    });
    expect(readContent(result)).toMatchObject([
      { type: 'resource_link', name: 'content-1.png', mimeType: 'image/png', size: 90_000, annotations },
      { type: 'resource_link', name: 'content-2.wav', mimeType: 'audio/wav', size: 90_000 },
      { type: 'resource_link', name: 'march_1.csv', mimeType: 'text/csv', size: 120_000 },
      { name: 'x_.bin', mimeType: 'application/octet-stream', size: 90_000, _meta: { 'a/b': 1 } },
    ]);
    expect(Buffer.from(files.get('key-of-content-1.png')?.bytes ?? []).toString('base64')).toBe(data);
  });

  test('of many small blocks becomes one file', async () => {
    const whole = {
      content: Array.from({ length: 5_000 }, (_, n) => toTextContent(`line ${n}`)),
      structuredContent: { n: 5_000 },
    };
    const { result, files } = await fitAndOpen({ result: whole });
    expect(result).toMatchObject({
      structuredContent: { n: 5_000 },
      content: [{ type: 'text' }, { type: 'resource_link' }],
    });
    expect(result.isError).toBeUndefined();
    expect(files.size).toBe(1);
    expect(JSON.parse(Buffer.from(files.get('key-of-result.json')?.bytes ?? []).toString())).toEqual(whole);
  });

  test('whose structured content is too large is a tool error that explains it and links to the whole result', async () => {
    const whole = { content: [toTextContent('short')], structuredContent: { long: 'x'.repeat(LIMIT) } };
    const { result, files } = await fitAndOpen({ result: whole });
    expect(Object.keys(result).sort()).toEqual(['content', 'isError']);
    expect(result.isError).toBe(true);
    const [note, link] = readContent(result);
    expect(note?.text).toMatch(
      /^The structured content of this result is too large for one response \(\d+ bytes of JSON\)/,
    );
    expect(link).toMatchObject({ type: 'resource_link', name: 'result.json', mimeType: 'application/json' });
    expect(JSON.parse(Buffer.from(files.get('key-of-result.json')?.bytes ?? []).toString())).toEqual(whole);
  });

  test('never exceeds the limit, however its size is made up', async () => {
    const parts = [1, 4_000, 5_000, 50_000, 99_000];
    for (const size of parts)
      for (const count of [1, 2, 20, 21, 60])
        for (const structured of [0, 50_000, 99_000, 100_000]) {
          const content = Array.from({ length: count }, () => toTextContent('"'.repeat(size)));
          const { result } = await fitAndOpen({
            result: { content, structuredContent: { s: 'x'.repeat(structured) } },
          });
          expect(measureResponseBytes(result), `${count} of ${size}, ${structured}`).toBeLessThanOrEqual(LIMIT);
        }
  });

  test('that a tool wrote in the form of ours leads to no file', async () => {
    const result = {
      content: [{ type: 'resource_link', uri: '', name: 'result.json' }],
      links: [[0, 'tasks/of-another']],
    };
    const stored = JSON.parse(JSON.stringify((await fitAndOpen({ result })).stored)) as StoredOutcome;
    expect(await fillLinkUrls(stored, async () => 'https://leaked')).toEqual({ result });
  });
});

describe('a JSON-RPC error', () => {
  test('stays as it is while it fits, and is cut when it does not', async () => {
    const error = { code: -32000, message: 'm', data: { long: 'x'.repeat(1_000) } };
    expect((await fitAndOpen({ error })).stored).toEqual({ error });
    const { stored } = await fitAndOpen({ error: { ...error, message: 'm'.repeat(50_000), data: 'x'.repeat(LIMIT) } });
    expect(stored).toMatchObject({ error: { code: -32000, message: expect.stringMatching(/^m{8192}… \(The whole/) } });
    expect(measureResponseBytes('error' in stored && stored.error)).toBeLessThanOrEqual(LIMIT);
  });
});
