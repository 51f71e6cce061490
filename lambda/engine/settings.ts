/** What an operator can set, with its default and what each choice costs. */

export interface EngineSettings {
  /**
   * How long a run is believed alive without renewing its lease (ms). Another worker takes a dead worker's task after
   * this; a worker that cannot reach DynamoDB for this long loses its task. Default 60,000.
   */
  readonly leaseMs: number;
  /**
   * How often a run renews its lease (ms): one write and one SQS request each. A cancel reaches the worker
   * within this. Default 5,000.
   */
  readonly heartbeatMs: number;
  /** How long a cancelled task stays visible (ms). Default 24 h. */
  readonly cancelledRetentionMs: number;
  /** Owners are spread over this many partitions (about 1,000 writes/s each). Default 1. */
  readonly ownerShards: number;
  /** How many tasks one owner may have open; 0 for no limit. See {@link OpenTaskQuota}. Default 1,000. */
  readonly maxOpenTasks: number;
  /** The largest JSON of an answer to one question (bytes). Default 256 KiB. */
  readonly maxInputBytes: number;
  /** The largest JSON of arguments or questions that stays in the row (bytes); see {@link Payloads}. Default 4 KiB. */
  readonly inlineInputBytes: number;
  /** The largest JSON of an outcome or a step's value that stays in DynamoDB (bytes). Default 16 KiB. */
  readonly inlineOutputBytes: number;
  /**
   * The largest result, or set of questions, that one response to a client has room for (bytes); see
   * {@link measureResponseBytes}. Default 5.9 MiB.
   */
  readonly responseBytes: number;
}

export const ENGINE_DEFAULTS: EngineSettings = {
  leaseMs: 60_000,
  heartbeatMs: 5_000,
  cancelledRetentionMs: 24 * 3_600_000,
  ownerShards: 1,
  maxOpenTasks: 1_000,
  maxInputBytes: 262_144,
  inlineInputBytes: 4_096,
  inlineOutputBytes: 16_384,
  // Lambda's response is 6 MB. A status message and the server's description take some 10 KB at most; the rest of
  // this reserve is for the id of a request, which its client chooses.
  responseBytes: 6 * 1_048_576 - 131_072,
};
