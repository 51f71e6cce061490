/** Waits until the queues are empty. */
import { setTimeout as delay } from 'node:timers/promises';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/**
 * @param timeoutMs how long the queues may take to become empty
 * @returns how many messages are left
 */
export async function waitUntilDrained(client: SQSClient, urls: readonly string[], timeoutMs: number): Promise<number> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const left = await Promise.all(urls.map((url) => countQueuedMessages(client, url)));
    const sum = left.reduce((one, other) => one + other, 0);
    if (sum === 0 || Date.now() > giveUpAt) return sum;
    await delay(500);
  }
}

async function countQueuedMessages(client: SQSClient, QueueUrl: string): Promise<number> {
  const names = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ] as const;
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }),
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? Number.NaN), 0);
}
