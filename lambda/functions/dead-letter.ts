/** The dead-letter function: sends what is still owed afresh, and drops what is over. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createDynamoDbClient } from '../aws/dynamodb.ts';
import { createSqsClient } from '../aws/sqs.ts';
import { systemClock } from '../engine/system.ts';
import { createRedrive } from '../engine/worker/redrive.ts';
import { createFunctionLog, type InvocationContext, toErrorFields, withInvocation } from '../observe/index.ts';
import { SqsWakeUpQueue } from '../queue/queue.ts';
import { parseWakeUp } from '../queue/wake-up.ts';
import { DynamoTaskStore } from '../tasks/dynamodb/index.ts';
import { type Environment, requireVariable } from '../variables.ts';

/**
 * The Lambda handler of the dead-letter queue.
 *
 * @param env TABLE_NAME, QUEUE_URL (the main queue's); optionally METRICS_SERVER
 * @throws ConfigurationError when one is missing
 */
export function createDeadLetterHandler(env: Environment) {
  const log = createFunctionLog(env.METRICS_SERVER);
  const endpoint = env.AWS_ENDPOINT_URL_SQS;
  const database = env.AWS_ENDPOINT_URL_DYNAMODB;
  const redrive = createRedrive({
    store: new DynamoTaskStore({
      client: createDynamoDbClient(database ? { endpoint: database } : {}),
      table: requireVariable(env, 'TABLE_NAME'),
    }),
    queue: new SqsWakeUpQueue({
      client: createSqsClient(endpoint ? { endpoint } : {}),
      queueUrl: requireVariable(env, 'QUEUE_URL'),
    }),
    clock: systemClock,
    log,
  });

  async function redriveAll(event: SQSEvent): Promise<SQSBatchResponse> {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const { body, messageId } of event.Records) {
      const parsed = parseWakeUp(body);
      if (!('wakeUp' in parsed)) {
        log('message.poison', { message: messageId, reason: parsed.reason });
        continue;
      }
      try {
        await redrive.redrive(parsed.wakeUp);
      } catch (error) {
        log('work.failed', { task: parsed.wakeUp.task, ...toErrorFields(error) });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  }

  return (event: SQSEvent, context: InvocationContext = {}): Promise<SQSBatchResponse> =>
    withInvocation(context, () => redriveAll(event));
}
