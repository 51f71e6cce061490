import { afterAll, describe } from 'vitest';
import { taskStoreContract } from '../../../lambda/tasks/contract/index.ts';
import { startEmbeddedDynamoDb } from '../../../lib/local/dynamodb.ts';
import type { ServerProcess } from '../../../lib/local/server-process.ts';
import { createDynamoTaskStore } from '../../support/dynamodb.ts';

// There is a dynoxide for this platform only; elsewhere DynamoDB Local speaks for the store.
describe.skipIf(`${process.platform}-${process.arch}` !== 'linux-x64')('the embedded DynamoDB', () => {
  let started: ServerProcess | undefined;
  afterAll(() => started?.stop());
  taskStoreContract('the DynamoDB store on dynoxide', async () => {
    started = await startEmbeddedDynamoDb();
    return createDynamoTaskStore(started.endpoint);
  });
});
