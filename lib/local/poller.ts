/** Lambda's event source mapping: receives messages, invokes a function, and deletes the messages that it finished. */
import { setTimeout as pause } from 'node:timers/promises';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSMessageAttributes, SQSRecord, SQSRecordAttributes } from 'aws-lambda';

export interface PollerOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly region: string;
  readonly batchSize: number;
  /** Whether the mapping has `ReportBatchItemFailures`; without it, any result deletes the whole batch. */
  readonly reportsItemFailures: boolean;
  readonly invoke: (event: SQSEvent) => Promise<unknown>;
  /** Receives what went wrong; the messages of a failed invocation reappear. */
  readonly onFailure: (error: unknown) => void;
}

/** SQS's longest wait for a message (s). */
const MAX_RECEIVE_WAIT_SECONDS = 20;
/** Pause after a failure (ms). */
const RETRY_DELAY_MS = 100;

/** One invocation at a time: start one poller for each concurrent invocation. */
export function startPoller(options: PollerOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { sqs, queueUrl } = options;

  async function handleBatch(): Promise<void> {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: options.batchSize,
        WaitTimeSeconds: MAX_RECEIVE_WAIT_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: stopping.signal },
    );
    if (messages.length === 0) return;
    const response = await options.invoke({ Records: messages.map((message) => toSqsRecord(message, options)) });
    for (const message of findFinishedMessages(messages, options.reportsItemFailures ? response : undefined)) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
  }

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await handleBatch();
      } catch (error) {
        if (stopping.signal.aborted) return;
        options.onFailure(error);
        await pause(RETRY_DELAY_MS, undefined, stopping).catch(() => {});
      }
    }
  }

  const polling = poll();
  return {
    stop: async () => {
      stopping.abort();
      await polling;
    },
  };
}

/**
 * The messages that Lambda would delete. A result that names a message outside the batch, or has another shape, counts
 * as a failure of the whole batch.
 */
export function findFinishedMessages(messages: readonly Message[], response: unknown): readonly Message[] {
  const failures = (response as SQSBatchResponse | null | undefined)?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return [];
  const failed: unknown[] = failures.map((failure) => failure?.itemIdentifier);
  const inBatch = failed.every((id) => messages.some((message) => message.MessageId === id));
  return inBatch ? messages.filter((message) => !failed.includes(message.MessageId)) : [];
}

function toSqsRecord(message: Message, { queueArn, region }: PollerOptions): SQSRecord {
  const attributes: SQSMessageAttributes = {};
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(message.MessageAttributes ?? {})) {
    attributes[name] = {
      dataType: DataType ?? 'String',
      stringListValues: [],
      binaryListValues: [],
      ...(StringValue === undefined ? {} : { stringValue: StringValue }),
      ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    };
  }
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: { ...message.Attributes } as unknown as SQSRecordAttributes,
    messageAttributes: attributes,
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}
