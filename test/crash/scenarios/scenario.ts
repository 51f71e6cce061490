/** A scenario, and the limits that hold whichever of its requests goes wrong. */
import type { ScenarioClient } from '../client.ts';
import type { StandingFault } from '../scripted-simulator.ts';

export interface CrashScenario {
  readonly name: string;
  /** Faults in every run of it. Default none. */
  readonly standingFaults?: readonly StandingFault[];
  /** Requests that it must make, as `process: name`. */
  readonly reaches: readonly string[];
  /** The fewest crash points (requests times faults) that it must have. */
  readonly minCrashPoints: number;
  /** How often a message is received before it becomes a dead letter. Default 15. */
  readonly maxReceiveCount?: number;
  /** How long the client waits before it repeats a request that got no reply (ms). Default 0. */
  readonly retryAfterMs?: number;
  /** How long one fault may delay the client (ms). Default: the queue's visibility timeout and one lease. */
  readonly maxDelayMs?: number;
  /** How long a lost response may delay it (ms). Default: one attempt of the SDK and one poll. */
  readonly maxRetryDelayMs?: number;
  /** Its recovery is crashed too, at each request in turn. */
  readonly crashTwice?: true;
  /** Resolves when the client is done; the client reports broken promises as it finds them. */
  play(client: ScenarioClient): Promise<void>;
}

export const CREATE_REQUESTS = ['api: send', 'api: create'];
export const RUN_REQUESTS = ['worker: claim', 'worker: settle', 'worker: change visibility', 'poller: delete message'];
