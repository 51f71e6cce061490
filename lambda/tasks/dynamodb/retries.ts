import { isTransientError } from './condition-failure.ts';

/** How long to pause before another try (ms); no more tries when there is none. */
export type RetryPauses = readonly number[];

/**
 * Up to four tries within a third of a second. Each answer comes at once, so a heartbeat is not late for it;
 * transactions of one task are few and short, so more would not help.
 */
export const SHORT_PAUSES_MS: RetryPauses = [25, 75, 200];

/** Make a request again while what stands in its way is passing. */
export const withRetries = async <T>(request: () => Promise<T>, pauses: RetryPauses): Promise<T> => {
  for (const pause of pauses) {
    try {
      return await request();
    } catch (error) {
      if (!isTransientError(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return request();
};
