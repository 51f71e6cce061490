/** Retrying writes that met another write. */
import { isTransientError } from './condition-failure.ts';

/** The pause before each retry (ms); an empty list allows none. */
export type RetryPauses = readonly number[];

/**
 * Up to four attempts within a third of a second. Such refusals come at once, so a heartbeat is not late because of
 * them; transactions of one task are few and short, so more attempts would not help.
 */
export const SHORT_PAUSES_MS: RetryPauses = [25, 75, 200];

/** Repeats a request while its error is transient. @throws the last attempt's error */
export async function withRetries<T>(request: () => Promise<T>, pauses: RetryPauses): Promise<T> {
  for (const pause of pauses) {
    try {
      return await request();
    } catch (error) {
      if (!isTransientError(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return request();
}
