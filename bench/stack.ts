/** The engine on a real store and a real queue of this machine, with every request counted. */
import { randomUUID } from 'node:crypto';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
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
import { RequestCounter } from './count.ts';

export interface CountedStack {
  readonly engine: Engine;
  readonly counter: RequestCounter;
  /**
   * Receive the next message and work on it, as Lambda's event source has it done.
   * @param settings.heartbeatMs default: so long that no heartbeat comes between
   */
  work(settings?: { readonly heartbeatMs: number }): Promise<void>;
  /** The size of a row as DynamoDB counts it (bytes). */
  measureRowBytes(key: TaskKey): Promise<number>;
  stop(): Promise<void>;
}

/** @param tools that the worker knows */
export const startCountedStack = async (dynamoDbEndpoint: string, tools: readonly Tool[]): Promise<CountedStack> => {
  const table = `calls-${randomUUID()}`;
  // The one attempt that is counted must not be given up because this machine is busy.
  const client = createDynamoDbClient({ endpoint: dynamoDbEndpoint, requestTimeoutMs: 20_000 });
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'partition', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'partition', AttributeType: 'S' },
        { AttributeName: 'id', AttributeType: 'S' },
      ],
    }),
  );
  const local = await startSqs();
  await local.createQueue('calls', {});
  const queueUrl = local.buildQueueUrl('calls');
  const queueClient = createSqsClient({ endpoint: local.endpoint, requestTimeoutMs: 20_000 });

  const counter = new RequestCounter();
  counter.watchDynamoDb(client);
  counter.watchSqs(queueClient);

  const parts = {
    store: new DynamoTaskStore({ client, table }),
    queue: new SqsWakeUpQueue({ client: queueClient, queueUrl }),
    clock: systemClock,
    ids: systemIds,
    log: () => {},
    findTool: async (name: string) => tools.find((tool) => tool.name === name),
  };

  return {
    engine: createEngine(parts),
    counter,
    work: async (settings = { heartbeatMs: 60_000 }) => {
      const received = await local.client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          WaitTimeSeconds: 10,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      const [message] = received.Messages ?? [];
      if (!message) throw new Error('No message stands behind the task.');
      const { MessageId, ReceiptHandle, Body, Attributes } = message;
      const record = { messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, attributes: Attributes };
      const { delivery } = parseDelivery(record as unknown as SQSRecord, queueClient, queueUrl);
      if (!delivery) throw new Error('The message is no wake-up.');
      await createWorker({ ...parts, settings }).work(delivery, systemClock.now() + 300_000);
    },
    measureRowBytes: async ({ partition, id }) => {
      counter.label = 'setup';
      const { Item = {} } = await client.send(new GetCommand({ TableName: table, Key: { partition, id } }));
      return measureValueBytes(Item) - 3;
    },
    stop: async () => {
      client.destroy();
      queueClient.destroy();
      await local.stop();
    },
  };
};

/**
 * The size of a value as DynamoDB counts it: UTF-8 bytes of names and text, about one byte for two digits of a
 * number and one more, 1 for true, 3 for a map or list and 1 for each of its members.
 */
const measureValueBytes = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).replace(/\D/g, '').length / 2) + 1;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value).reduce(
    (sum, [name, part]) => sum + 1 + Buffer.byteLength(name) + measureValueBytes(part),
    3,
  );
};
