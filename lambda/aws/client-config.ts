/** How long AWS clients may take. Every request ends, one way or the other, before it is too late to act on it. */
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/** Where a client calls. Both come from the Lambda environment by default. */
export interface ClientOptions {
  readonly region?: string;
  /** Another address than the service's own: an emulator. */
  readonly endpoint?: string;
  /** Override of how long one attempt may take (ms); for a stand-in on a busy machine. */
  readonly requestTimeoutMs?: number;
}

/** The settings that all clients of the AWS SDK understand. */
export type AwsClientConfig = Pick<DynamoDBClientConfig, 'region' | 'endpoint' | 'maxAttempts' | 'retryMode'> & {
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
    readonly socketTimeout: number;
  };
};

/**
 * Three attempts, of which each has `attemptMs` until the answer begins.
 *
 * For DynamoDB and SQS that is 1.4 s, so that all attempts end before the next heartbeat (5 s). The SDK's
 * standard mode waits at most 50 and 100 ms between attempts that hung or broke, and 1 and 2 s after a refusal
 * for load, which itself takes milliseconds. The worst cases (h: hung, t: refused for load):
 * hhh 1.4 + 0.05 + 1.4 + 0.1 + 1.4 = 4.35 s; hth 1.4 + 0.05 + 2 + 1.4 = 4.85 s; tth 1 + 2 + 1.4 = 4.4 s.
 *
 * Without `throwOnRequestTimeout` the SDK would only log that a request is late. `socketTimeout` ends a
 * connection that goes silent in the middle of an answer, where `requestTimeout` no longer looks.
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
    connectionTimeout: 1_000,
    requestTimeout: requestTimeoutMs ?? attemptMs,
    throwOnRequestTimeout: true,
    socketTimeout: requestTimeoutMs ?? attemptMs,
  },
});

/** For requests that are small both ways and stand between a worker and its next heartbeat. */
export const SHORT_ATTEMPT_MS = 1_400;

/** For payloads of megabytes, which no heartbeat waits for. */
export const LONG_ATTEMPT_MS = 5_000;
