/** The event sources of the worker and the dead-letter function. */
import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { QueuesProps } from '../props/resources.ts';
import type { Settings } from '../props/settings.ts';

/** Nothing else may invoke the two functions. */
export function addEventSources(
  scope: Construct,
  functions: { worker: LambdaFunction; deadLetter: LambdaFunction },
  { queue, deadLetterQueue }: QueuesProps,
  { maxWorkers }: Settings,
): void {
  new EventSourceMapping(scope, 'WorkerEvents', {
    target: functions.worker,
    eventSourceArn: queue.queueArn,
    // A tool may use all of the function's time: nothing else may wait for it in the same invocation.
    batchSize: 1,
    // Without it Lambda deletes the messages that a worker puts back.
    reportBatchItemFailures: true,
    // Not reserved concurrency, which would shrink the account's pool and let messages be received in vain.
    maxConcurrency: maxWorkers,
  });
  new EventSourceMapping(scope, 'DeadLetterEvents', {
    target: functions.deadLetter,
    eventSourceArn: deadLetterQueue.queueArn,
    batchSize: 10,
    reportBatchItemFailures: true,
    // The work is rare and can wait: the minimum of an event source.
    maxConcurrency: 2,
  });
}
