/** The dead-letter function: sends a wake-up again while its task still needs it, and drops it otherwise. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { systemClock } from '../engine/system.ts';
import { createRedrive } from '../engine/worker/redrive.ts';
import { type InvocationContext, toErrorFields, withInvocation } from '../observe/index.ts';
import { parseWakeUp } from '../queue/wake-up.ts';
import type { Environment } from '../variables.ts';
import { wireQueue } from './queue-wiring.ts';
import { wireLog, wireStore } from './store-wiring.ts';

/**
 * The Lambda handler of the dead-letter queue.
 *
 * @param env TABLE_NAME, QUEUE_URL (the main queue's); optionally METRICS_SERVER
 * @throws ConfigurationError when one is missing
 */
export function createDeadLetterHandler(env: Environment) {
  const log = wireLog(env);
  const redrive = createRedrive({ store: wireStore(env), queue: wireQueue(env).queue, clock: systemClock, log });

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
