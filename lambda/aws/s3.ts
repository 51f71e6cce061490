import { S3Client } from '@aws-sdk/client-s3';
import { buildClientConfig, type ClientOptions, LONG_ATTEMPT_MS } from './client-config.ts';

/** The client for the payload bucket. All attempts end within 18 s, most of which only payloads of megabytes can take. */
export const createS3Client = (options: ClientOptions = {}): S3Client =>
  new S3Client(buildClientConfig(options, LONG_ATTEMPT_MS));
