import { SQSClient } from '@aws-sdk/client-sqs';
import { buildClientConfig, type ClientOptions, SHORT_ATTEMPT_MS } from './client-config.ts';

/**
 * The client for the wake-up queue. All attempts end within 5 s. An endpoint must be passed here:
 * with `AWS_ENDPOINT_URL_SQS` alone the SDK calls the host in the queue's URL.
 */
export const createSqsClient = (options: ClientOptions = {}): SQSClient =>
  new SQSClient(buildClientConfig(options, SHORT_ATTEMPT_MS));
