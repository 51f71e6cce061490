/** The two queues. */
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { DEAD_LETTER_TIMEOUT } from '../props/functions.ts';
import type { QueuesProps } from '../props/resources.ts';
import type { Settings } from '../props/settings.ts';

/**
 * The wake-up queue and its dead-letter queue. Lambda demands that a queue hides a message for at least the time-out of
 * the function that consumes it; more would only delay the recovery of a function that dies before its first line.
 */
export function createQueues(scope: Construct, { queues, encryptionKey, workerTimeout }: Settings): QueuesProps {
  if (queues) return queues;
  const common = {
    enforceSSL: true,
    ...(encryptionKey
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
      : { encryption: QueueEncryption.SQS_MANAGED }),
  };
  const deadLetterQueue = new Queue(scope, 'DeadLetterQueue', {
    ...common,
    visibilityTimeout: DEAD_LETTER_TIMEOUT,
    // SQS's maximum. Age counts from the first send, so this must exceed the main queue's.
    retentionPeriod: Duration.days(14),
  });
  const queue = new Queue(scope, 'Queue', {
    ...common,
    visibilityTimeout: workerTimeout,
    retentionPeriod: Duration.days(7),
    // High: a message that is put back while another worker's lease is live counts as received, which is normal.
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 100 },
  });
  return { queue, deadLetterQueue };
}
