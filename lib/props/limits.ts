/** Limits for one client and for all together: props, defaults and checks. */
import { findRangeProblems } from './problems.ts';

/** How much one client, and all of them together, may ask for. */
export interface LimitsProps {
  /**
   * Requests per second that the gateway lets through, polls included; the others get 429. A task that is polled
   * every 5 s costs 0.2 of them.
   *
   * @default 200
   */
  readonly requestsPerSecond?: number;

  /**
   * Requests that may come at once, above the steady rate.
   *
   * @default 400
   */
  readonly requestBurst?: number;

  /**
   * Tasks that one owner may have open at a time; a call beyond it is refused with an error that names the limit. 0
   * for no limit. Each instance of the API function counts once a minute, so an owner may exceed it by a tenth for
   * each. Without owners (`McpAuth.none()`) nothing is counted.
   *
   * @default 1000
   */
  readonly maxOpenTasks?: number;

  /**
   * Over how many partitions of the table an owner's tasks are spread, each good for about 1,000 writes per second;
   * a list reads all of them. 1 to 100. Do not change it on a server that is in use: tasks created with another
   * number are no longer found.
   *
   * @default 1
   */
  readonly ownerShards?: number;
}

export const LIMITS_DEFAULTS = {
  requestsPerSecond: 200,
  requestBurst: 400,
  maxOpenTasks: 1_000,
  ownerShards: 1,
} satisfies LimitsProps;

const LIMIT_BOUNDS = { requestsPerSecond: [1], requestBurst: [1], maxOpenTasks: [0], ownerShards: [1, 100] } as const;

export function findLimitsProblems(settings: Required<LimitsProps>): Iterable<string> {
  return findRangeProblems(settings, LIMIT_BOUNDS);
}
