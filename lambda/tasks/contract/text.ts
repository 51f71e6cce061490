/** Text that a store must not change. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { buildTestEntry, buildTouch, type GetStore, insertRow, toKey } from './rows.ts';

const HOSTILE_TEXTS: readonly (readonly [string, string])[] = [
  ['that is empty', ''],
  ['with an escaped lone surrogate', JSON.stringify({ text: 'a\ud800b\udfff' })],
  ['with keys of the prototype', '{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}'],
  ['with a NUL and other control characters', '\u0000\u0001\u001f\u007f\u2028\u2029'],
  ['beyond the basic plane', '\u{1F600}\u{10FFFF}'],
  ['that is not normalised', 'e\u0301 \u00e9 \ufb01'],
  ['like an expression', '#status = :0 OR attribute_exists(id)'],
  ['of 300 KB', JSON.stringify({ text: 'ä'.repeat(150_000) })],
];

export function testText(store: GetStore): void {
  describe.each(HOSTILE_TEXTS)('text %s', (_, value) => {
    test('comes back byte for byte', async () => {
      const asked = await insertRow(store(), { arguments: value });
      expect((await store().read(toKey(asked)))?.arguments).toBe(value);
      const row = await insertRow(store());
      const written = await store().update(buildTouch(row, { set: { statusMessage: value } }));
      expect(written.row?.statusMessage).toBe(value);
      const entry = buildTestEntry(row, { value });
      await store().record(buildTouch(row, { set: { statusMessage: 'recorded' } }), entry, randomUUID());
      expect(await store().journal(row.id)).toStrictEqual([entry]);
    });
  });

  test('a lone surrogate outside JSON becomes U+FFFD, as stored and as returned', async () => {
    const row = await insertRow(store());
    const written = await store().update(buildTouch(row, { set: { statusMessage: 'a\ud800b' } }));
    expect(written.row?.statusMessage).toBe('a\ufffdb');
    expect((await store().read(toKey(row)))?.statusMessage).toBe('a\ufffdb');
  });
}
