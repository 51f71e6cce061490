import { expect, test } from 'vitest';
import { createSealer, type SealBinding } from '../../../lambda/seal/index.ts';

const binding: SealBinding = { purpose: 'requestState', bound: ['owner', 'tool'] };
const createFixedSealer = (...secrets: string[]) => createSealer(async () => secrets);

test('a sealed text opens for the same binding', async () => {
  const sealer = createFixedSealer('secret');
  const sealed = await sealer.seal(binding, 'täxt 🙂', 1_000);
  expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(sealed).not.toContain('txt');
  expect(await sealer.open(binding, sealed, 999)).toBe('täxt 🙂');
});

test('the same text seals differently each time', async () => {
  const sealer = createFixedSealer('secret');
  expect(await sealer.seal(binding, 'x', 1_000)).not.toBe(await sealer.seal(binding, 'x', 1_000));
});

test('nothing opens from its expiry on', async () => {
  const sealer = createFixedSealer('secret');
  const sealed = await sealer.seal(binding, 'x', 1_000);
  expect(await sealer.open(binding, sealed, 1_000)).toBeUndefined();
});

test.each([
  ['another purpose', { ...binding, purpose: 'session' }],
  ['another owner', { ...binding, bound: ['someone', 'tool'] }],
  ['fewer bindings', { ...binding, bound: ['owner'] }],
  ['bindings that run together', { ...binding, bound: ['owner","tool'] }],
])('nothing opens for %s', async (_, other) => {
  const sealer = createFixedSealer('secret');
  expect(await sealer.open(other, await sealer.seal(binding, 'x', 1_000), 0)).toBeUndefined();
});

test('no byte can be changed', async () => {
  const sealer = createFixedSealer('secret');
  const sealed = Buffer.from(await sealer.seal(binding, 'a text', 1_000), 'base64url');
  for (let at = 0; at < sealed.length; at++) {
    const forged = Buffer.from(sealed);
    forged[at] = (forged[at] ?? 0) ^ 1;
    expect(await sealer.open(binding, forged.toString('base64url'), 0)).toBeUndefined();
  }
  for (let length = 0; length < sealed.length; length++)
    expect(await sealer.open(binding, sealed.subarray(0, length).toString('base64url'), 0)).toBeUndefined();
});

test.each(['', 'not base64!', '__proto__', 'A'.repeat(100_000)])('%j does not open', async (text) => {
  expect(await createFixedSealer('secret').open(binding, text.slice(0, 100_000), 0)).toBeUndefined();
});

test('after a rotation the previous secret still opens and the new one seals', async () => {
  const before = createFixedSealer('old');
  const sealed = await before.seal(binding, 'x', 1_000);
  const after = createFixedSealer('new', 'old');
  expect(await after.open(binding, sealed, 0)).toBe('x');
  expect(await before.open(binding, await after.seal(binding, 'y', 1_000), 0)).toBeUndefined();
});

test('an instance that fetched its secret before the rotation fetches again for a key it does not know', async () => {
  let secrets = ['old'];
  const calls: unknown[] = [];
  const sealer = createSealer(async (options) => {
    calls.push(options?.fresh ?? false);
    return secrets;
  });
  await sealer.seal(binding, 'x', 1_000);
  secrets = ['new', 'old'];
  const sealed = await createFixedSealer('new').seal(binding, 'y', 1_000);
  expect(await sealer.open(binding, sealed, 0)).toBe('y');
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
  await expect(sealer.seal(binding, 'x', 1)).rejects.toThrow('throttled');
  await sealer.seal(binding, 'x', 1);
  await sealer.seal(binding, 'x', 1);
  expect(calls).toBe(2);
});
