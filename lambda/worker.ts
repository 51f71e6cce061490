/** The worker function: SQS messages in, one at a time; tool work; what is not done comes back. */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { dynamoDb } from './aws/dynamodb.ts';
import { deliveryOf, SqsWakeUpQueue } from './aws/queue.ts';
import { sqs } from './aws/sqs.ts';
import { createWorker, systemClock, systemIds } from './engine/index.ts';
import { type Environment, engineSettings, required } from './environment.ts';
import { jsonLog } from './log.ts';
import type { ServerModule } from './server-module.ts';
import { DynamoTaskStore } from './tasks/dynamodb/index.ts';
import { payloadStoreOf } from './tasks/payload/index.ts';

/**
 * The Lambda handler of the worker.
 *
 * @param env TABLE_NAME, QUEUE_URL, PAYLOAD_BUCKET (or PAYLOAD_FOLDER); optionally LEASE_MS, HEARTBEAT_MS
 * @throws ConfigurationError when one is missing
 */
export function createWorkerHandler(server: ServerModule, env: Environment) {
  const log = jsonLog((line) => console.log(line));
  const queueUrl = required(env, 'QUEUE_URL');
  const endpoint = env.AWS_ENDPOINT_URL_SQS;
  const client = sqs(endpoint ? { endpoint } : {});
  const database = env.AWS_ENDPOINT_URL_DYNAMODB;
  const worker = createWorker({
    store: new DynamoTaskStore({
      client: dynamoDb(database ? { endpoint: database } : {}),
      table: required(env, 'TABLE_NAME'),
    }),
    queue: new SqsWakeUpQueue({ client, queueUrl }),
    payloads: payloadStoreOf(env),
    clock: systemClock,
    ids: systemIds,
    log,
    settings: engineSettings(env),
    tool: async (name) => (await server.load()).tools.get(name),
  });

  async function keeps(record: SQSRecord, deadline: number): Promise<boolean> {
    const received = deliveryOf(record, client, queueUrl);
    if (!received.delivery) {
      // Nothing can come of it, however often it is delivered.
      log('message.poison', { message: record.messageId, reason: received.reason });
      return false;
    }
    try {
      return (await worker.work(received.delivery, deadline)) === 'keep';
    } catch (error) {
      log('work.failed', { task: received.delivery.wakeUp.task, error: String(error) });
      return true;
    }
  }

  return async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const deadline = systemClock.now() + context.getRemainingTimeInMillis();
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const record of event.Records)
      if (await keeps(record, deadline)) batchItemFailures.push({ itemIdentifier: record.messageId });
    return { batchItemFailures };
  };
}
