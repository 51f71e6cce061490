/** Wires the wake-up queue. Apart from `wiring.ts`, because a poll must not load the SQS client. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import { createSqsClient } from '../aws/sqs.ts';
import { SqsWakeUpQueue } from '../queue/queue.ts';
import { type Environment, LAMBDA_VARIABLES, requireVariable, VARIABLES } from '../variables.ts';
import { readClientOptions } from './environment.ts';

export interface WiredQueue {
  readonly queue: SqsWakeUpQueue;
  readonly client: SQSClient;
  readonly queueUrl: string;
}

/** @throws ConfigurationError when QUEUE_URL is missing */
export function wireQueue(env: Environment): WiredQueue {
  const queueUrl = requireVariable(env, VARIABLES.queueUrl);
  const client = createSqsClient(readClientOptions(env, env[LAMBDA_VARIABLES.sqsEndpoint]));
  return { queue: new SqsWakeUpQueue({ client, queueUrl }), client, queueUrl };
}
