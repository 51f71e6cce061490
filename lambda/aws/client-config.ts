/** Time limits of the AWS clients. Every request ends, one way or the other, before it is too late to act on it. */
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/** Where a client sends its requests. Region and endpoint come from the Lambda environment by default. */
export interface ClientOptions {
  readonly region?: string;
  /** An address other than the service's own, such as an emulator's. */
  readonly endpoint?: string;
  /** Overrides how long one attempt may take (ms), for an emulator on a busy machine. */
  readonly requestTimeoutMs?: number;
}

/** The settings that all clients of the AWS SDK share. */
export type AwsClientConfig = Pick<DynamoDBClientConfig, 'region' | 'endpoint' | 'maxAttempts' | 'retryMode'> & {
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
    readonly socketTimeout: number;
  };
};

/**
 * Three attempts, each with `attemptMs` until its response begins.
 *
 * For DynamoDB and SQS that is 1.4 s, so that all attempts end before the next heartbeat (5 s). The SDK's
 * standard mode waits at most 50 and 100 ms after attempts that hung or broke, and 1 and 2 s after throttling,
 * which itself takes milliseconds. The worst cases (h: hung, t: throttled):
 * hhh 1.4 + 0.05 + 1.4 + 0.1 + 1.4 = 4.35 s; hth 1.4 + 0.05 + 2 + 1.4 = 4.85 s; tth 1 + 2 + 1.4 = 4.4 s.
 *
 * Without `throwOnRequestTimeout` the SDK would only log that a request is late. `socketTimeout` ends a
 * connection that goes silent in the middle of a response, which `requestTimeout` does not cover.
 *
 * `requestTimeoutMs` replaces `attemptMs`, and the time to connect (1 s) where it is longer.
 */
export const buildClientConfig = (
  { region, endpoint, requestTimeoutMs }: ClientOptions,
  attemptMs: number,
): AwsClientConfig => ({
  ...(region === undefined ? {} : { region }),
  ...(endpoint === undefined ? {} : { endpoint }),
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: Math.max(1_000, requestTimeoutMs ?? 0),
    requestTimeout: requestTimeoutMs ?? attemptMs,
    throwOnRequestTimeout: true,
    socketTimeout: requestTimeoutMs ?? attemptMs,
  },
});

/** For small requests with small responses, which delay a worker's next heartbeat (ms). */
export const SHORT_ATTEMPT_MS = 1_400;

/** For payloads of megabytes, which no heartbeat waits for (ms). */
export const LONG_ATTEMPT_MS = 5_000;
