/** The worker function: SQS messages in, one at a time; tool work; what is not done comes back. */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { dynamoDb } from '../aws/dynamodb.ts';
import { sqs } from '../aws/sqs.ts';
import { systemClock, systemIds } from '../engine/system.ts';
import { startThreads } from '../engine/worker/thread/thread-run.ts';
import { createWorker } from '../engine/worker/worker.ts';
import { during, errorFacts, functionLog, type Invocation } from '../observe/index.ts';
import { payloadStoreOf } from '../payloads/index.ts';
import { deliveryOf, SqsWakeUpQueue } from '../queue/queue.ts';
import { DynamoTaskStore } from '../tasks/dynamodb/index.ts';
import type { ServerModule } from '../tool/server-module.ts';
import { type Environment, required } from '../variables.ts';
import { engineSettings } from './environment.ts';

/**
 * The Lambda handler of the worker.
 *
 * @param env TABLE_NAME, QUEUE_URL, PAYLOAD_BUCKET (or PAYLOAD_FOLDER); optionally LEASE_MS, HEARTBEAT_MS,
 *   METRICS_SERVER; Lambda's own
 *   AWS_LAMBDA_FUNCTION_MEMORY_SIZE bounds the heaps of threads
 * @throws ConfigurationError when one is missing
 */
export function createWorkerHandler(server: ServerModule, env: Environment) {
  const log = functionLog(env.METRICS_SERVER);
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
    ...(server.thread && { startThread: startThreads({ ...server.thread, ...heapOf(env) }) }),
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
      log('work.failed', { task: received.delivery.wakeUp.task, ...errorFacts(error) });
      return true;
    }
  }

  return async (
    event: SQSEvent,
    context: Pick<Context, 'getRemainingTimeInMillis'> & Invocation,
  ): Promise<SQSBatchResponse> => {
    const deadline = systemClock.now() + context.getRemainingTimeInMillis();
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const record of event.Records)
      if (await during(context, () => keeps(record, deadline)))
        batchItemFailures.push({ itemIdentifier: record.messageId });
    return { batchItemFailures };
  };
}

/** What the worker and its clients need beside a thread is well under a quarter of any function that computes. */
const HEAP_SHARE = 0.75;

/** A thread that needs more than there is dies alone; Lambda would end the worker with all that it holds. */
function heapOf({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: size }: Environment): { readonly heapMb?: number } {
  const memoryMb = Number(size);
  return memoryMb > 0 ? { heapMb: Math.floor(memoryMb * HEAP_SHARE) } : {};
}
