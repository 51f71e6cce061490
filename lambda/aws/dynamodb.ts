import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { buildClientConfig, type ClientOptions, SHORT_ATTEMPT_MS } from './client-config.ts';

/** The client for the task table: what DynamoDB keeps, as plain values. All attempts end within 5 s. */
export const createDynamoDbClient = (place: ClientOptions = {}): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(buildClientConfig(place, SHORT_ATTEMPT_MS)), {
    marshallOptions: { removeUndefinedValues: true },
  });
