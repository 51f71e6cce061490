import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { buildClientConfig, type ClientOptions, SHORT_ATTEMPT_MS } from './client-config.ts';

/** The client for the task table, with items as plain values. All attempts end within 5 s. */
export const createDynamoDbClient = (options: ClientOptions = {}): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(buildClientConfig(options, SHORT_ATTEMPT_MS)), {
    marshallOptions: { removeUndefinedValues: true },
  });
