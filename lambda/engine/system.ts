/** The system's clock, and ids from its random numbers. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Ids } from './ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};

const BASE32_DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** Crockford's base 32, lower case: sorts as the number does, most significant digit first. */
function encodeBase32(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest >>= 5n) text = BASE32_DIGITS.charAt(Number(rest & 31n)) + text;
  return text;
}

export const systemIds: Ids = {
  /** 10 digits of time (ms, until the year 10889) and 26 of 130 random bits. */
  task: (now) => encodeBase32(BigInt(now), 10) + encodeBase32(BigInt(`0x${randomBytes(17).toString('hex')}`) >> 6n, 26),
  token: () => randomUUID(),
  random: () => Math.random(),
};
