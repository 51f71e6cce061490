/** Tables in a DynamoDB that runs on this machine. */
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { LOCAL_AWS } from './aws.ts';
import { CannotStart } from './errors.ts';
import type { TableWiring } from './wiring.ts';

export type TableDefinition = Omit<TableWiring, 'id'>;

/** The keys of the template's table, for tables that are created without a template, and without expiry. */
export const TASK_TABLE: TableDefinition = {
  keySchema: [
    { AttributeName: 'partition', KeyType: 'HASH' },
    { AttributeName: 'id', KeyType: 'RANGE' },
  ],
  attributes: [
    { AttributeName: 'partition', AttributeType: 'S' },
    { AttributeName: 'id', AttributeType: 'S' },
  ],
};

/** Resolves when the table can be used. @throws CannotStart when DynamoDB does not create it */
export async function createLocalTable(endpoint: string, name: string, table: TableDefinition): Promise<void> {
  const client = createLocalClient(endpoint);
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        KeySchema: table.keySchema,
        AttributeDefinitions: table.attributes,
        GlobalSecondaryIndexes: table.indexes,
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: name });
    if (table.ttlAttribute) {
      await client.send(
        new UpdateTimeToLiveCommand({
          TableName: name,
          TimeToLiveSpecification: { AttributeName: table.ttlAttribute, Enabled: true },
        }),
      );
    }
  } catch (error) {
    throw new CannotStart(
      `The DynamoDB at ${endpoint} did not create the table: ${(error as Error).message || error}.`,
    );
  } finally {
    client.destroy();
  }
}

export async function deleteLocalTable(endpoint: string, name: string): Promise<void> {
  const client = createLocalClient(endpoint);
  try {
    await client.send(new DeleteTableCommand({ TableName: name }));
  } finally {
    client.destroy();
  }
}

const createLocalClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({ endpoint, region: LOCAL_AWS.region, credentials: LOCAL_AWS.credentials });
