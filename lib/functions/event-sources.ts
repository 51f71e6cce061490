import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Settings } from '../props/settings.ts';
import type { Queues } from '../resources/queues.ts';

/** The event sources are the only way to the two functions that nobody may call. */
export function addEventSources(
  scope: Construct,
  functions: { worker: LambdaFunction; deadLetter: LambdaFunction },
  { queue, deadLetterQueue }: Queues,
  { maxWorkers }: Settings,
): void {
  new EventSourceMapping(scope, 'WorkerEvents', {
    target: functions.worker,
    eventSourceArn: queue.queueArn,
    // A tool may take the whole of the function's time: nothing waits behind it in the same invocation.
    batchSize: 1,
    // Without it Lambda deletes the messages that a worker gives back.
    reportBatchItemFailures: true,
    // Not reserved concurrency, which would take from the account's pool and let the queue be received in vain.
    maxConcurrency: maxWorkers,
  });
  new EventSourceMapping(scope, 'DeadLetterEvents', {
    target: functions.deadLetter,
    eventSourceArn: deadLetterQueue.queueArn,
    batchSize: 10,
    reportBatchItemFailures: true,
    // Rare and patient work: the least that an event source allows.
    maxConcurrency: 2,
  });
}
