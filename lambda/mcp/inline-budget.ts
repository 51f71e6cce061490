/** How long a run in the call may take (ms): the gateway gives up at 30 s. */
const MAX_INLINE_MS = 25_000;

/** What is left of it before the request's own deadline (ms). */
export const toInlineBudgetMs = (deadline: number, now: number): number =>
  Math.max(0, Math.min(MAX_INLINE_MS, deadline - now));
