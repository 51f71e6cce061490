import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startDynamoDbLocal, startEmbeddedDynamoDb } from '../../../lib/local/dynamodb.ts';
import { startServerProcess } from '../../../lib/local/server-process.ts';
import { createLongTimeoutClient } from '../../support/dynamodb.ts';

describe.skipIf(`${process.platform}-${process.arch}` !== 'linux-x64')('the embedded DynamoDB', () => {
  test('responds when it has started and is gone when it has stopped', async () => {
    const { endpoint, stop } = await startEmbeddedDynamoDb();
    const { TableNames } = await createLongTimeoutClient(endpoint).send(new ListTablesCommand({}));
    expect(TableNames).toEqual([]);
    await stop();
    await expect(fetch(endpoint)).rejects.toThrow();
    await stop();
  });

  test('reports in one line that its port is in use', async () => {
    const { endpoint, stop } = await startEmbeddedDynamoDb();
    try {
      const port = Number(new URL(endpoint).port);
      await expect(startEmbeddedDynamoDb(port)).rejects.toThrow(/port \d+.*Choose another port/);
    } finally {
      await stop();
    }
  });
});

describe('DynamoDB Local', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('reports in one line how to install Java when it is missing', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(startDynamoDbLocal()).rejects.toThrow(/needs Java 17.*apt-get install/);
  });
});

describe('a server', () => {
  test('that ends at once is not awaited, and its output is reported', async () => {
    const fail = ['-e', 'console.error("no\\nluck"); process.exit(3)'];
    const server = { name: 'It', command: process.execPath, args: () => fail };
    await expect(startServerProcess(server)).rejects.toThrow('It did not start: no luck');
  });
});
