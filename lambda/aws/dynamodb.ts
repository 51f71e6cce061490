import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { limits, type Place, SHORT_MS } from './client-config.ts';

/** The client for the task table: what DynamoDB keeps, as plain values. All attempts end within 5 s. */
export const dynamoDb = (place: Place = {}): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(limits(place, SHORT_MS)), {
    marshallOptions: { removeUndefinedValues: true },
  });
