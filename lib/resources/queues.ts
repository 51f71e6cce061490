import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from '../props/settings.ts';

export interface Queues {
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
}

/**
 * The wake-up queue and its dead-letter queue.
 *
 * @param timeouts the time-outs of the functions that consume them. Lambda demands a queue's visibility to be at
 *   least that; more would only delay the recovery of a function that dies before it says anything.
 */
export function createQueues(
  scope: Construct,
  { queues, encryptionKey }: Settings,
  timeouts: { worker: Duration; deadLetter: Duration },
): Queues {
  if (queues) return queues;
  const common = {
    enforceSSL: true,
    ...(encryptionKey
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
      : { encryption: QueueEncryption.SQS_MANAGED }),
  };
  const deadLetterQueue = new Queue(scope, 'DeadLetterQueue', {
    ...common,
    visibilityTimeout: timeouts.deadLetter,
    // SQS's longest. Age counts from the first send, so this has to outlast the main queue's.
    retentionPeriod: Duration.days(14),
  });
  const queue = new Queue(scope, 'Queue', {
    ...common,
    visibilityTimeout: timeouts.worker,
    retentionPeriod: Duration.days(7),
    // High: a message that is put back while another worker's lease is live counts as received, and is healthy.
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 100 },
  });
  return { queue, deadLetterQueue };
}
