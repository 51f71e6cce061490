/** The wake-up queue on SQS. */
import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { Unavailable } from '../engine/errors.ts';
import type { Delivery, WakeUp, WakeUpQueue } from '../engine/ports.ts';
import { parseWakeUp } from './wake-up.ts';

/** SQS's longest delay (s). */
const MAX_DELAY_SECONDS = 900;

/** SQS's longest visibility time-out (s): 12 hours, counted from the receive. */
const MAX_VISIBILITY_SECONDS = 43_200;

/** Sends wake-ups to a standard queue. */
export class SqsWakeUpQueue implements WakeUpQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor({ client, queueUrl }: { readonly client: SQSClient; readonly queueUrl: string }) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  /** @throws Unavailable when SQS did not confirm the message, which it may have all the same */
  async send(wakeUp: WakeUp, options: { readonly delayMs?: number; readonly group?: string } = {}): Promise<void> {
    const { delayMs = 0, group } = options;
    const command = new SendMessageCommand({
      QueueUrl: this.#queueUrl,
      MessageBody: JSON.stringify(wakeUp),
      // Rounded up, so that a message never comes early.
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

/** A received message: a delivery, or the reason why its body is not a wake-up (it never will be: log and drop it). */
export type ParsedDelivery =
  | { readonly delivery: Delivery }
  | { readonly delivery?: undefined; readonly reason: string };

/** @param queueUrl the queue that the message came from, where its visibility is changed */
export function parseDelivery(record: SQSRecord, client: SQSClient, queueUrl: string): ParsedDelivery {
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
}

function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
