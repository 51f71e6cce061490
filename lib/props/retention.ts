/** Retention of data: props, defaults and checks. */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';

/** How long data is kept, and what happens to it when the stack is deleted. */
export interface RetentionProps {
  /**
   * How long payloads that are too large for a row stay in the bucket; whole days. It must cover each tool's
   * `lifetimeMs` plus `retentionMs`, which is checked when the app is synthesized.
   *
   * @default Duration.days(30)
   */
  readonly payloadRetention?: Duration;

  /**
   * How long the functions' and the gateway's log lines are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * What happens to the table, the bucket, the secret and the logs when the stack is deleted or they would be
   * replaced. The queues hold only wake-ups and go with the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether the table refuses to be deleted, by anyone, until this is switched off.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

export const RETENTION_DEFAULTS = {
  payloadRetention: Duration.days(30),
  logRetention: RetentionDays.ONE_MONTH,
  removalPolicy: RemovalPolicy.RETAIN,
  deletionProtection: true,
} satisfies RetentionProps;

/** S3 expires objects by the day. Whether the tools' tasks are covered is checked once the tools are known. */
export function* findRetentionProblems({
  payloadRetention,
}: Required<Pick<RetentionProps, 'payloadRetention'>>): Iterable<string> {
  const days = payloadRetention.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1) yield 'payloadRetention must be whole days, at least one.';
}
