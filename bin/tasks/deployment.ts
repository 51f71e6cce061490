/** The table and the queue of the server that is looked after. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDbClient } from '../../lambda/aws/dynamodb.ts';
import { createSqsClient } from '../../lambda/aws/sqs.ts';
import type { WakeUpQueue } from '../../lambda/engine/ports.ts';
import { SqsWakeUpQueue } from '../../lambda/queue/queue.ts';
import { DynamoTaskStore } from '../../lambda/tasks/dynamodb/index.ts';
import { LOCAL_AWS_ENVIRONMENT } from '../../lib/local/aws.ts';
import type { TasksArguments } from './arguments.ts';
import { NotDone } from './not-done.ts';

export interface Deployment {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly store: DynamoTaskStore;
  /** @throws NotDone where no queue was named */
  readonly queue: WakeUpQueue;
  close(): void;
}

/** Where a server runs on this machine, nobody's own credentials are shown to it. */
export function openDeployment(args: Pick<TasksArguments, 'table' | 'queue' | 'endpoint'>): Deployment {
  const { table, queue: queueUrl, endpoint } = args;
  if (endpoint !== undefined) Object.assign(process.env, LOCAL_AWS_ENVIRONMENT);
  const client = createDynamoDbClient(endpoint === undefined ? {} : { endpoint });
  // An emulator's queue is where its URL says; AWS's is where the region says.
  const queueEndpoint = queueUrl === undefined || isAwsUrl(queueUrl) ? {} : { endpoint: new URL(queueUrl).origin };
  const queueClient = queueUrl === undefined ? undefined : createSqsClient(queueEndpoint);
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
    throw new NotDone('This takes a message: name the queue with --queue URL, or QUEUE_URL in the environment.');
  },
};
