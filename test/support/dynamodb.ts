/** Tables for tests, in the DynamoDB Local of this test run. */
import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { createDynamoDbClient } from '../../lambda/aws/dynamodb.ts';
import { DynamoTaskStore } from '../../lambda/tasks/dynamodb/index.ts';
import { createLocalTable, TASK_TABLE } from '../../lib/local/table.ts';
import { EMULATOR_TIMEOUT_MS } from './emulator.ts';

/** The endpoint of DynamoDB Local. */
export const getDynamoDbEndpoint = (): string => inject('dynamoDbEndpoint');

/** A client with a longer timeout than the deployed ones: a busy machine must not look like a lost response. */
export const createLongTimeoutClient = (endpoint = getDynamoDbEndpoint()): DynamoDBDocumentClient =>
  createDynamoDbClient({ endpoint, requestTimeoutMs: EMULATOR_TIMEOUT_MS });

/** Creates a table with the real keys. */
export const createTaskTable = (endpoint: string, name: string): Promise<void> =>
  createLocalTable(endpoint, name, TASK_TABLE);

/** A store on its own table. */
export async function createDynamoTaskStore(endpoint = getDynamoDbEndpoint()): Promise<DynamoTaskStore> {
  const table = `tasks-${randomUUID()}`;
  await createTaskTable(endpoint, table);
  return new DynamoTaskStore({ client: createLongTimeoutClient(endpoint), table });
}
