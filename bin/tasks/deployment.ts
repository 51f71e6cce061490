/** Access to the table and the queue of a server. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDbClient } from '../../lambda/aws/dynamodb.ts';
import { createSqsClient } from '../../lambda/aws/sqs.ts';
import type { WakeUpQueue } from '../../lambda/engine/ports.ts';
import { readClientOptions } from '../../lambda/functions/environment.ts';
import { SqsWakeUpQueue } from '../../lambda/queue/queue.ts';
import { DynamoTaskStore } from '../../lambda/tasks/dynamodb/index.ts';
import { LOCAL_AWS_ENVIRONMENT } from '../../lib/local/aws.ts';
import type { TasksArguments } from './arguments.ts';
import { NotDone } from './console.ts';

export interface Deployment {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly store: DynamoTaskStore;
  /** Throws `NotDone` on every message if no queue was named. */
  readonly queue: WakeUpQueue;
  close(): void;
}

/** With `endpoint`, a DynamoDB on this machine, made-up credentials are used: a developer's own must not reach it. */
export function openDeployment(args: Pick<TasksArguments, 'table' | 'queue' | 'endpoint'>): Deployment {
  const { table, queue: queueUrl, endpoint } = args;
  if (endpoint !== undefined) Object.assign(process.env, LOCAL_AWS_ENVIRONMENT);
  const client = createDynamoDbClient(readClientOptions(process.env, endpoint));
  // The URL of an emulator's queue names its endpoint; the endpoint of AWS follows from the region.
  const queueEndpoint = queueUrl === undefined || isAwsUrl(queueUrl) ? undefined : new URL(queueUrl).origin;
  const queueClient =
    queueUrl === undefined ? undefined : createSqsClient(readClientOptions(process.env, queueEndpoint));
  return {
    client,
    table,
    store: new DynamoTaskStore({ client, table }),
    queue: queueClient && queueUrl ? new SqsWakeUpQueue({ client: queueClient, queueUrl }) : noQueue,
    close: () => {
      client.destroy();
      queueClient?.destroy();
    },
  };
}

const isAwsUrl = (url: string): boolean => /\.amazonaws\.com(\.cn)?$/.test(new URL(url).hostname);

const noQueue: WakeUpQueue = {
  send: async () => {
    throw new NotDone(
      'This command sends a message: name the queue with --queue URL, or QUEUE_URL in the environment.',
    );
  },
};
