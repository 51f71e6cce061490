/** Lease and heartbeat: props, defaults and checks. */
import { Duration } from 'aws-cdk-lib/core';
import type { FunctionsProps } from './functions.ts';

/** How soon a dead worker is replaced, and what that costs. */
export interface LeaseProps {
  /**
   * How long a worker that gives no sign of life is believed to be alive. After that, another worker takes its task.
   * A shorter lease recovers sooner, but also mistakes a pause (a blocked event loop, a throttled table) for death
   * sooner. At least three heartbeats.
   *
   * @default Duration.seconds(60)
   */
  readonly lease?: Duration;

  /**
   * How often a worker renews its lease, and so how soon it learns of a cancel. Each is one write and one SQS
   * request: a task of an hour costs 720 of both at 5 s. At least one second.
   *
   * @default Duration.seconds(5)
   */
  readonly heartbeat?: Duration;
}

export const LEASE_DEFAULTS = {
  lease: Duration.seconds(60),
  heartbeat: Duration.seconds(5),
} satisfies LeaseProps;

const MIN_HEARTBEAT_MS = 1_000;

/** A lease must outlive two lost heartbeats, and a run must outlive its lease. */
export function* findLeaseProblems(
  settings: Required<LeaseProps & Pick<FunctionsProps, 'workerTimeout'>>,
): Iterable<string> {
  const timeoutMs = settings.workerTimeout.toMilliseconds();
  const leaseMs = settings.lease.toMilliseconds();
  const heartbeatMs = settings.heartbeat.toMilliseconds();
  if (leaseMs * 1.5 > timeoutMs)
    yield `A lease of ${leaseMs / 1000} s does not fit a worker that is stopped after ${timeoutMs / 1000} s: shorten "lease" or raise "workerTimeout".`;
  if (heartbeatMs * 3 > leaseMs)
    yield `A heartbeat of ${heartbeatMs / 1000} s is too slow for a lease of ${leaseMs / 1000} s: two may be lost, so the lease must be at least three heartbeats.`;
  if (heartbeatMs < MIN_HEARTBEAT_MS)
    yield `A heartbeat of ${heartbeatMs} ms costs more than it is worth: it must be at least Duration.seconds(1).`;
}
