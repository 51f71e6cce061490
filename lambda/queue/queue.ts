import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { Unavailable } from '../engine/errors.ts';
import type { Delivery, WakeUp, WakeUpQueue } from '../engine/ports.ts';
import { parseWakeUp } from './wake-up.ts';

/** SQS's longest delay (s): 15 minutes. */
const MAX_DELAY_SECONDS = 900;

/** SQS's longest visibility time-out (s): 12 hours, counted from the receive. */
const MAX_VISIBILITY_SECONDS = 43_200;

/** The wake-up queue on SQS: a standard queue. */
export class SqsWakeUpQueue implements WakeUpQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor({ client, queueUrl }: { readonly client: SQSClient; readonly queueUrl: string }) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  /** @throws Unavailable when SQS did not say that it has the message; it may have it all the same */
  async send(wakeUp: WakeUp, options: { readonly delayMs?: number; readonly group?: string } = {}): Promise<void> {
    const { delayMs = 0, group } = options;
    const command = new SendMessageCommand({
      QueueUrl: this.#queueUrl,
      MessageBody: JSON.stringify(wakeUp),
      // Rounded up, so that a message never comes before its time.
      ...(delayMs > 0 && { DelaySeconds: Math.min(Math.ceil(delayMs / 1_000), MAX_DELAY_SECONDS) }),
      // On a standard queue a group orders nothing: it makes one owner's backlog wait behind other owners.
      ...(group !== undefined && { MessageGroupId: group }),
    });
    try {
      await this.#client.send(command);
    } catch (error) {
      throw new Unavailable(`The wake-up could not be sent: ${describeError(error)}`, { cause: error });
    }
  }
}

/** What came in a message: a delivery, or why its body is no wake-up (drop it and say so: it never will be). */
export type ParsedDelivery =
  | { readonly delivery: Delivery }
  | { readonly delivery?: undefined; readonly reason: string };

/** The message that a worker was given. Its visibility is changed where it came from, by its receipt. */
export const parseDelivery = (record: SQSRecord, client: SQSClient, queueUrl: string): ParsedDelivery => {
  const parsed = parseWakeUp(record.body);
  if ('reason' in parsed) return parsed;
  const reappearIn = async (ms: number) => {
    const seconds = Math.min(Math.max(Math.ceil(ms / 1_000), 0), MAX_VISIBILITY_SECONDS);
    const command = new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: seconds,
    });
    try {
      await client.send(command);
    } catch (error) {
      throw new Unavailable(`The message's visibility could not be changed: ${describeError(error)}`, { cause: error });
    }
  };
  return {
    delivery: { wakeUp: parsed.wakeUp, receives: Number(record.attributes.ApproximateReceiveCount), reappearIn },
  };
};

const describeError = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
