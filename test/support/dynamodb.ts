/** Tables for tests, in the DynamoDB Local of this test run. */
import { randomUUID } from 'node:crypto';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { createDynamoDbClient } from '../../lambda/aws/dynamodb.ts';
import { DynamoTaskStore } from '../../lambda/tasks/dynamodb/index.ts';

/** Where DynamoDB Local answers. */
export const getDynamoDbEndpoint = (): string => inject('dynamoDbEndpoint');

/** A client that waits longer than ours do: a busy machine must not look like a lost answer. */
export const createLongTimeoutClient = (endpoint = getDynamoDbEndpoint()): DynamoDBDocumentClient =>
  createDynamoDbClient({ endpoint, requestTimeoutMs: 20_000 });

/** Create a table with the real keys. */
export const createTaskTable = async (endpoint: string, name: string): Promise<void> => {
  const client = createLongTimeoutClient(endpoint);
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'partition', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'partition', AttributeType: 'S' },
        { AttributeName: 'id', AttributeType: 'S' },
      ],
    }),
  );
  client.destroy();
};

/** A store on a table of its own. */
export const createDynamoTaskStore = async (endpoint = getDynamoDbEndpoint()): Promise<DynamoTaskStore> => {
  const table = `tasks-${randomUUID()}`;
  await createTaskTable(endpoint, table);
  return new DynamoTaskStore({ client: createLongTimeoutClient(endpoint), table });
};
