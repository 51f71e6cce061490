/** Runs the engine on a real store and a real queue on this machine, and counts every request. */
import { randomUUID } from 'node:crypto';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { createDynamoDbClient } from '../lambda/aws/dynamodb.ts';
import { createSqsClient } from '../lambda/aws/sqs.ts';
import { createEngine } from '../lambda/engine/api/create-engine.ts';
import type { Engine } from '../lambda/engine/api/engine.ts';
import { systemClock, systemIds } from '../lambda/engine/system.ts';
import { createWorker } from '../lambda/engine/worker/worker.ts';
import { parseDelivery, SqsWakeUpQueue } from '../lambda/queue/queue.ts';
import { DynamoTaskStore } from '../lambda/tasks/dynamodb/index.ts';
import type { TaskKey } from '../lambda/tasks/record.ts';
import type { Tool } from '../lambda/tool/types.ts';
import { startSqs } from '../lib/local/sqs.ts';
import { createLocalTable, deleteLocalTable, TASK_TABLE } from '../lib/local/table.ts';
import { RequestCounter } from './count.ts';

/** Long enough that a busy machine does not make a client give up the one attempt that is counted. */
const REQUEST_TIMEOUT_MS = 20_000;
/** Longer than any run here, so that no heartbeat is counted. */
const NO_HEARTBEAT_MS = 60_000;
/** As the worker function's time-out. */
const WORK_TIMEOUT_MS = 300_000;

export interface CountedStack {
  readonly engine: Engine;
  readonly counter: RequestCounter;
  /**
   * Receive the next message and work on it, as Lambda's event source would have it done.
   *
   * @param settings.heartbeatMs default: longer than any run
   * @throws Error if there is no message within 10 s
   */
  work(settings?: { readonly heartbeatMs: number }): Promise<void>;
  /** The size of a row as DynamoDB counts it (bytes). */
  measureRowBytes(key: TaskKey): Promise<number>;
  stop(): Promise<void>;
}

/** @param tools the tools that the worker can run */
export async function startCountedStack(dynamoDbEndpoint: string, tools: readonly Tool[]): Promise<CountedStack> {
  const table = `calls-${randomUUID()}`;
  await createLocalTable(dynamoDbEndpoint, table, TASK_TABLE);
  const client = createDynamoDbClient({ endpoint: dynamoDbEndpoint, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  const sqs = await startSqs();
  await sqs.createQueue('calls', {});
  const queueUrl = sqs.buildQueueUrl('calls');
  const queueClient = createSqsClient({ endpoint: sqs.endpoint, requestTimeoutMs: REQUEST_TIMEOUT_MS });

  const counter = new RequestCounter();
  counter.watchDynamoDb(client);
  counter.watchSqs(queueClient);

  const options = {
    store: new DynamoTaskStore({ client, table }),
    queue: new SqsWakeUpQueue({ client: queueClient, queueUrl }),
    clock: systemClock,
    ids: systemIds,
    log: () => {},
    findTool: async (name: string) => tools.find((tool) => tool.name === name),
  };

  return {
    engine: createEngine(options),
    counter,
    work: async (settings = { heartbeatMs: NO_HEARTBEAT_MS }) => {
      const received = await sqs.client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          WaitTimeSeconds: 10,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      const [message] = received.Messages ?? [];
      if (!message) throw new Error('There is no message for the task.');
      const { MessageId, ReceiptHandle, Body, Attributes } = message;
      const record = { messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, attributes: Attributes };
      const { delivery } = parseDelivery(record as unknown as SQSRecord, queueClient, queueUrl);
      if (!delivery) throw new Error('The message must be a wake-up.');
      await createWorker({ ...options, settings }).work(delivery, systemClock.now() + WORK_TIMEOUT_MS);
    },
    measureRowBytes: async ({ partition, id }) => {
      counter.label = 'setup';
      const { Item = {} } = await client.send(new GetCommand({ TableName: table, Key: { partition, id } }));
      return measureValueBytes(Item) - MAP_BYTES;
    },
    stop: async () => {
      client.destroy();
      queueClient.destroy();
      await sqs.stop();
      await deleteLocalTable(dynamoDbEndpoint, table);
    },
  };
}

/** What a map or list takes besides its members; the item itself is not counted as one. */
const MAP_BYTES = 3;

/**
 * The size of a value as DynamoDB counts it: UTF-8 bytes of names and text, about one byte for every two digits of a
 * number and one more, 1 for a boolean or null, 3 for a map or list and 1 for each of its members.
 */
function measureValueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).replace(/\D/g, '').length / 2) + 1;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value).reduce(
    (sum, [name, member]) => sum + 1 + Buffer.byteLength(name) + measureValueBytes(member),
    MAP_BYTES,
  );
}
