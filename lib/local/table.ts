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

/**
 * Create the template's table in a DynamoDB that runs on this machine.
 * @returns how to remove it again
 * @throws CannotStart when nothing answers there
 */
export async function createLocalTable(
  endpoint: string,
  name: string,
  table: TableWiring,
): Promise<() => Promise<void>> {
  const client = new DynamoDBClient({ endpoint, region: LOCAL_AWS.region, credentials: LOCAL_AWS.credentials });
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
    client.destroy();
    throw new CannotStart(`The DynamoDB at ${endpoint} does not take the table: ${(error as Error).message || error}.`);
  }
  return async () => {
    try {
      await client.send(new DeleteTableCommand({ TableName: name }));
    } finally {
      client.destroy();
    }
  };
}
