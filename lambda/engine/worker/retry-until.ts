/** Retrying the writes that end a run: a store that falters for a second must not cost the whole run. */
import type { Clock, Log } from '../ports.ts';

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;

/**
 * Repeats `write` until it gets a response, good or bad, or until `until` (ms since the epoch). A write whose response
 * was lost is recognised by its mark when it is made again.
 *
 * @throws what the last attempt threw
 */
export async function retryUntil<T>(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  fields: { readonly task: string; readonly write: string },
  until: number,
  write: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
      if (clock.now() + pause >= until) throw error;
      log('write.again', { ...fields, error: error instanceof Error ? error.name : String(error) });
      await clock.wait(pause);
    }
  }
}
