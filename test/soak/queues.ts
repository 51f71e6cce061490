/** Counts the messages that the queues still hold. */
import { setTimeout as delay } from 'node:timers/promises';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Waits until the queues are empty, or the time-out has passed. @returns how many messages they hold then */
export async function waitUntilDrained(client: SQSClient, urls: readonly string[], timeoutMs: number): Promise<number> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const counts = await Promise.all(urls.map((url) => countQueuedMessages(client, url)));
    const sum = counts.reduce((one, other) => one + other, 0);
    if (sum === 0 || Date.now() > deadline) return sum;
    await delay(500);
  }
}

const COUNT_ATTRIBUTES = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

async function countQueuedMessages(client: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNT_ATTRIBUTES] }),
  );
  return COUNT_ATTRIBUTES.reduce((sum, name) => sum + Number(Attributes[name] ?? Number.NaN), 0);
}
