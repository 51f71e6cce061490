/** Trying again what ends a run: a store that stutters for a second must not cost the whole run. */
import type { Clock, Log } from '../ports.ts';

/**
 * Do `write` until it is answered, one way or the other, or until `until` (ms since the epoch). A write whose
 * answer was lost is told by its mark when it is made again.
 *
 * @throws what the last attempt threw
 */
export async function retryUntil<T>(
  parts: { readonly clock: Clock; readonly log: Log },
  facts: { readonly task: string; readonly write: string },
  until: number,
  write: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const pause = Math.min(5_000, 250 * 2 ** attempt);
      if (parts.clock.now() + pause >= until) throw error;
      parts.log('write.again', { ...facts, error: error instanceof Error ? error.name : String(error) });
      await parts.clock.wait(pause);
    }
  }
}
