import { SQSClient } from '@aws-sdk/client-sqs';
import { limits, type Place, SHORT_MS } from './client-config.ts';

/**
 * The client for the wake-up queue. All attempts end within 5 s. An endpoint must be given here:
 * with `AWS_ENDPOINT_URL_SQS` alone the SDK calls the host in the queue's URL.
 */
export const sqs = (place: Place = {}): SQSClient => new SQSClient(limits(place, SHORT_MS));
