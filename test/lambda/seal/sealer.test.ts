import { expect, test } from 'vitest';
import { createSealer, type Use } from '../../../lambda/seal/index.ts';

const use: Use = { purpose: 'requestState', bound: ['owner', 'tool'] };
const fixed = (...secrets: string[]) => createSealer(async () => secrets);

test('what was sealed opens for the same use', async () => {
  const sealer = fixed('secret');
  const sealed = await sealer.seal(use, 'täxt 🙂', 1_000);
  expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(sealed).not.toContain('txt');
  expect(await sealer.open(use, sealed, 999)).toBe('täxt 🙂');
});

test('the same text seals differently each time', async () => {
  const sealer = fixed('secret');
  expect(await sealer.seal(use, 'x', 1_000)).not.toBe(await sealer.seal(use, 'x', 1_000));
});

test('nothing opens from its expiry on', async () => {
  const sealer = fixed('secret');
  const sealed = await sealer.seal(use, 'x', 1_000);
  expect(await sealer.open(use, sealed, 1_000)).toBeUndefined();
});

test.each([
  ['another purpose', { ...use, purpose: 'session' }],
  ['another owner', { ...use, bound: ['someone', 'tool'] }],
  ['fewer bonds', { ...use, bound: ['owner'] }],
  ['bonds that run together', { ...use, bound: ['owner","tool'] }],
])('nothing opens for %s', async (_, other) => {
  const sealer = fixed('secret');
  expect(await sealer.open(other, await sealer.seal(use, 'x', 1_000), 0)).toBeUndefined();
});

test('no byte can be changed', async () => {
  const sealer = fixed('secret');
  const sealed = Buffer.from(await sealer.seal(use, 'a text', 1_000), 'base64url');
  for (let at = 0; at < sealed.length; at++) {
    const forged = Buffer.from(sealed);
    forged[at] = (forged[at] ?? 0) ^ 1;
    expect(await sealer.open(use, forged.toString('base64url'), 0)).toBeUndefined();
  }
  for (let length = 0; length < sealed.length; length++)
    expect(await sealer.open(use, sealed.subarray(0, length).toString('base64url'), 0)).toBeUndefined();
});

test.each(['', 'not base64!', '__proto__', 'A'.repeat(100_000)])('%j does not open', async (text) => {
  expect(await fixed('secret').open(use, text.slice(0, 100_000), 0)).toBeUndefined();
});

test('after a rotation the previous secret still opens and the new one seals', async () => {
  const before = fixed('old');
  const sealed = await before.seal(use, 'x', 1_000);
  const after = fixed('new', 'old');
  expect(await after.open(use, sealed, 0)).toBe('x');
  expect(await before.open(use, await after.seal(use, 'y', 1_000), 0)).toBeUndefined();
});

test('an instance that fetched its secret before the rotation fetches again for a key it does not know', async () => {
  let secrets = ['old'];
  const calls: unknown[] = [];
  const sealer = createSealer(async (options) => {
    calls.push(options?.fresh ?? false);
    return secrets;
  });
  await sealer.seal(use, 'x', 1_000);
  secrets = ['new', 'old'];
  const sealed = await fixed('new').seal(use, 'y', 1_000);
  expect(await sealer.open(use, sealed, 0)).toBe('y');
  expect(calls).toEqual([false, true]);
});

test('the secret is fetched on first use, once, and again after a failure', async () => {
  let calls = 0;
  const sealer = createSealer(async () => {
    calls += 1;
    if (calls === 1) throw new Error('throttled');
    return ['secret'];
  });
  expect(calls).toBe(0);
  await expect(sealer.seal(use, 'x', 1)).rejects.toThrow('throttled');
  await sealer.seal(use, 'x', 1);
  await sealer.seal(use, 'x', 1);
  expect(calls).toBe(2);
});
