import { afterAll, describe } from 'vitest';
import { startEmbedded } from '../../../lib/local/dynamodb.ts';
import type { ServerProcess } from '../../../lib/local/server-process.ts';
import { dynamoTaskStore } from '../../support/dynamodb.ts';
import { taskStoreContract } from '../../../lambda/tasks/contract/index.ts';

// There is a dynoxide for this platform only; elsewhere DynamoDB Local speaks for the store.
describe.skipIf(`${process.platform}-${process.arch}` !== 'linux-x64')('the embedded DynamoDB', () => {
  let started: ServerProcess | undefined;
  afterAll(() => started?.stop());
  taskStoreContract('the DynamoDB store on dynoxide', async () => {
    started = await startEmbedded();
    return dynamoTaskStore(started.endpoint);
  });
});
