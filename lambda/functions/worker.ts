/** The worker function: SQS messages in, one at a time; tool work; what is not done comes back. */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createDynamoDbClient } from '../aws/dynamodb.ts';
import { createSqsClient } from '../aws/sqs.ts';
import { systemClock, systemIds } from '../engine/system.ts';
import { createThreadStarter } from '../engine/worker/thread/thread-run.ts';
import { createWorker } from '../engine/worker/worker.ts';
import { createFunctionLog, type InvocationContext, toErrorFields, withInvocation } from '../observe/index.ts';
import { createPayloadStore } from '../payloads/index.ts';
import { parseDelivery, SqsWakeUpQueue } from '../queue/queue.ts';
import { DynamoTaskStore } from '../tasks/dynamodb/index.ts';
import type { ServerModule } from '../tool/server-module.ts';
import { type Environment, requireVariable } from '../variables.ts';
import { readEngineSettings } from './environment.ts';

/**
 * The Lambda handler of the worker.
 *
 * @param env TABLE_NAME, QUEUE_URL, PAYLOAD_BUCKET (or PAYLOAD_FOLDER); optionally LEASE_MS, HEARTBEAT_MS,
 *   METRICS_SERVER; Lambda's own
 *   AWS_LAMBDA_FUNCTION_MEMORY_SIZE bounds the heaps of threads
 * @throws ConfigurationError when one is missing
 */
export function createWorkerHandler(server: ServerModule, env: Environment) {
  const log = createFunctionLog(env.METRICS_SERVER);
  const queueUrl = requireVariable(env, 'QUEUE_URL');
  const endpoint = env.AWS_ENDPOINT_URL_SQS;
  const client = createSqsClient(endpoint ? { endpoint } : {});
  const database = env.AWS_ENDPOINT_URL_DYNAMODB;
  const worker = createWorker({
    store: new DynamoTaskStore({
      client: createDynamoDbClient(database ? { endpoint: database } : {}),
      table: requireVariable(env, 'TABLE_NAME'),
    }),
    queue: new SqsWakeUpQueue({ client, queueUrl }),
    payloads: createPayloadStore(env),
    clock: systemClock,
    ids: systemIds,
    log,
    settings: readEngineSettings(env),
    findTool: async (name) => (await server.load()).tools.get(name),
    ...(server.thread && { startThread: createThreadStarter({ ...server.thread, ...readHeapLimit(env) }) }),
  });

  async function keeps(record: SQSRecord, deadline: number): Promise<boolean> {
    const received = parseDelivery(record, client, queueUrl);
    if (!received.delivery) {
      // Nothing can come of it, however often it is delivered.
      log('message.poison', { message: record.messageId, reason: received.reason });
      return false;
    }
    try {
      return (await worker.work(received.delivery, deadline)) === 'keep';
    } catch (error) {
      log('work.failed', { task: received.delivery.wakeUp.task, ...toErrorFields(error) });
      return true;
    }
  }

  return async (
    event: SQSEvent,
    context: Pick<Context, 'getRemainingTimeInMillis'> & InvocationContext,
  ): Promise<SQSBatchResponse> => {
    const deadline = systemClock.now() + context.getRemainingTimeInMillis();
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const record of event.Records)
      if (await withInvocation(context, () => keeps(record, deadline)))
        batchItemFailures.push({ itemIdentifier: record.messageId });
    return { batchItemFailures };
  };
}

/** What the worker and its clients need beside a thread is well under a quarter of any function that computes. */
const THREAD_HEAP_SHARE = 0.75;

/** A thread that needs more than there is dies alone; Lambda would end the worker with all that it holds. */
function readHeapLimit({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: size }: Environment): { readonly heapMb?: number } {
  const memoryMb = Number(size);
  return memoryMb > 0 ? { heapMb: Math.floor(memoryMb * THREAD_HEAP_SHARE) } : {};
}
