/** The worker function: takes SQS messages one at a time, runs their tasks, and keeps what is not done in the queue. */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Disposal } from '../engine/ports.ts';
import { systemClock } from '../engine/system.ts';
import { createThreadStarter } from '../engine/worker/thread/thread-run.ts';
import { createWorker } from '../engine/worker/worker.ts';
import { type InvocationContext, toErrorFields, withInvocation } from '../observe/index.ts';
import { parseDelivery } from '../queue/queue.ts';
import type { ServerModule } from '../tool/server-module.ts';
import { type Environment, LAMBDA_VARIABLES } from '../variables.ts';
import { wireQueue } from './queue-wiring.ts';
import { wireEnginePorts } from './wiring.ts';

/**
 * The Lambda handler of the worker.
 *
 * @param env TABLE_NAME, QUEUE_URL, PAYLOAD_BUCKET (or PAYLOAD_FOLDER); optionally LEASE_MS, HEARTBEAT_MS,
 *   METRICS_SERVER; Lambda's own AWS_LAMBDA_FUNCTION_MEMORY_SIZE limits the heaps of threads
 * @throws ConfigurationError when a variable is missing or not valid
 */
export function createWorkerHandler(server: ServerModule, env: Environment) {
  const { queue, client, queueUrl } = wireQueue(env);
  const ports = wireEnginePorts(env, queue);
  const { log } = ports;
  const worker = createWorker({
    ...ports,
    findTool: async (name) => (await server.load()).tools.get(name),
    ...(server.thread && { startThread: createThreadStarter({ ...server.thread, ...readHeapLimit(env) }) }),
  });

  async function handleRecord(record: SQSRecord, deadline: number): Promise<Disposal> {
    const parsed = parseDelivery(record, client, queueUrl);
    if (!parsed.delivery) {
      // Delivering it again would change nothing.
      log('message.poison', { message: record.messageId, reason: parsed.reason });
      return 'delete';
    }
    try {
      return await worker.work(parsed.delivery, deadline);
    } catch (error) {
      log('work.failed', { task: parsed.delivery.wakeUp.task, ...toErrorFields(error) });
      return 'keep';
    }
  }

  return async (
    event: SQSEvent,
    context: Pick<Context, 'getRemainingTimeInMillis'> & InvocationContext,
  ): Promise<SQSBatchResponse> => {
    const deadline = systemClock.now() + context.getRemainingTimeInMillis();
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const record of event.Records) {
      const disposal = await withInvocation(context, () => handleRecord(record, deadline));
      if (disposal === 'keep') batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };
}

/** The worker and its clients need well under a quarter of the memory of any function that computes. */
const THREAD_HEAP_SHARE = 0.75;

/** With a limit, a thread that runs out of memory dies alone; without one, Lambda would end the whole worker. */
function readHeapLimit(env: Environment): { readonly heapMb?: number } {
  const memoryMb = Number(env[LAMBDA_VARIABLES.memoryMb]);
  return memoryMb > 0 ? { heapMb: Math.floor(memoryMb * THREAD_HEAP_SHARE) } : {};
}
