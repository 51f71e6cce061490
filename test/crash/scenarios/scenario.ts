/** What happens in a scenario, and what must have come of it whichever request goes wrong. */
import type { ScenarioClient } from '../client.ts';
import type { StandingFault } from '../scripted-simulator.ts';

export interface CrashScenario {
  readonly name: string;
  /** What goes wrong in every run of it. */
  readonly standingFaults?: readonly StandingFault[];
  /** Requests that must be among those that go wrong in turn, as `process: what`. */
  readonly reaches: readonly string[];
  /** The fewest crash points (a request and what becomes of it) that this scenario has. */
  readonly minCrashPoints: number;
  /** How often a message is received before it is a dead letter. Default 15. */
  readonly maxReceiveCount?: number;
  /** How long the client waits before it makes an unanswered request again (ms). Default 0. */
  readonly retryAfterMs?: number;
  /** The longest that one fault may delay the client (ms). Default: the queue's visibility and one lease. */
  readonly maxDelayMs?: number;
  /** The longest that a lost answer may delay it (ms). Default: one attempt of the SDK and one poll. */
  readonly maxRetryDelayMs?: number;
  /** Its recovery crashes too, at each request in turn. */
  readonly crashTwice?: true;
  /** Resolves when the client has what it wants; what is wrong, it tells as it finds it. */
  play(client: ScenarioClient): Promise<void>;
}

export const CREATE_REQUESTS = ['api: send', 'api: create'];
export const RUN_REQUESTS = ['worker: claim', 'worker: settle', 'worker: change visibility', 'poller: delete message'];
