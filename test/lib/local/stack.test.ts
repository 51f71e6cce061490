import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { LOCAL_AWS } from '../../../lib/local/aws.ts';
import { isAlive } from '../../support/processes.ts';
import { sendRpc } from '../../support/rpc.ts';
import { startTestStack, useTestStack } from '../../support/stack.ts';

/** Only a hang takes this long (ms). */
const WAIT_TIMEOUT_MS = 600_000;
const server = fileURLToPath(new URL('./fixtures/server.ts', import.meta.url));

describe('a running stack', () => {
  const getStack = useTestStack({
    server,
    workers: 2,
    apiProcesses: 2,
    allowedOrigins: ['https://app.example'],
  });

  test('has the template’s table, with its keys and its TTL attribute', async () => {
    const client = new DynamoDBClient({ endpoint: getStack().dynamodbEndpoint });
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: getStack().tableName }));
    expect(table?.KeySchema).toEqual([
      { AttributeName: 'partition', KeyType: 'HASH' },
      { AttributeName: 'id', KeyType: 'RANGE' },
    ]);
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: getStack().tableName }));
    expect(ttl.TimeToLiveDescription).toMatchObject({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
    client.destroy();
  });

  test('has the template’s queues', async () => {
    const client = new SQSClient({ endpoint: getStack().sqsEndpoint });
    const attributes = async (url: string) =>
      (await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }))).Attributes;
    const dead = await attributes(getStack().deadLetterQueueUrl);
    expect(dead).toMatchObject({ MessageRetentionPeriod: '1209600' });
    const work = await attributes(getStack().queueUrl);
    expect(work).toMatchObject({ VisibilityTimeout: '900', MessageRetentionPeriod: '604800' });
    expect(JSON.parse(work?.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: dead?.QueueArn,
      maxReceiveCount: 100,
    });
    client.destroy();
  });

  test('alternates requests between the API processes', async () => {
    const pids = new Set<number>();
    for (let i = 0; i < 4; i++) {
      const { json } = await sendRpc(getStack().url, 'tools/call', { name: 'who_am_i', arguments: {} });
      pids.add(Number(json.result.content[0].text));
    }
    expect(pids).toEqual(new Set(getStack().getApiPids()));
    expect(pids.size).toBe(2);
  });

  test('refuses a bad Origin with 403 and accepts an allowed one', async () => {
    const discoverFrom = (origin: string) => sendRpc(getStack().url, 'server/discover', {}, { origin });
    expect((await discoverFrom('https://evil.example')).status).toBe(403);
    expect((await discoverFrom('https://app.example')).status).toBe(200);
  });

  test('kills only workers', () => {
    expect(() => getStack().killWorker(process.pid)).toThrow(RangeError);
    expect(() => getStack().killWorker(getStack().getApiPids()[0] ?? 0)).toThrow(RangeError);
  });
});

describe('a worker that is killed', () => {
  const getStack = useTestStack({
    server,
    workers: 2,
    environment: { LEASE_MS: '1500', HEARTBEAT_MS: '300' },
    // Limits the wait for a worker that was killed before it could extend the visibility of its message.
    workerTimeoutMs: 20_000,
  });
  const folder = mkdtempSync(join(tmpdir(), 'mcp-tasks-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is replaced, and another finishes its task', async () => {
    const before = getStack().getWorkerPids();
    const created = await sendRpc(getStack().url, 'tools/call', { name: 'hold', arguments: { folder } });
    const { taskId } = created.json.result;
    const killed = await vi.waitFor(() => {
      const [name] = readdirSync(folder);
      expect(name).toBeDefined();
      return Number(name);
    }, WAIT_TIMEOUT_MS);
    expect(before).toContain(killed);
    getStack().killWorker(killed);
    writeFileSync(join(folder, 'go'), '');
    const result = await vi.waitFor(
      async () => {
        const { json } = await sendRpc(getStack().url, 'tasks/get', { taskId });
        expect(json.result.status).toBe('completed');
        return json.result.result;
      },
      { timeout: WAIT_TIMEOUT_MS, interval: 200 },
    );
    expect(Number(result.content[0].text)).not.toBe(killed);
    await vi.waitFor(() => expect(getStack().getWorkerPids()).toHaveLength(2), WAIT_TIMEOUT_MS);
    expect(getStack().getWorkerPids()).not.toContain(killed);
    expect(isAlive(killed)).toBe(false);
  });
});

describe('the end of a stack', () => {
  test('leaves no process, no file, no table and no server', async () => {
    const stack = await startTestStack({ server, name: 'ended' });
    const pids = [...stack.getWorkerPids(), ...stack.getApiPids()];
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    expect(existsSync(stack.payloadFolder)).toBe(true);
    await Promise.all([stack.stop(), stack.stop()]);
    expect(existsSync(stack.payloadFolder)).toBe(false);
    expect(pids.map(isAlive)).toEqual([false, false, false]);
    for (const url of [stack.url, stack.sqsEndpoint]) await expect(fetch(url)).rejects.toThrow();
    const client = new DynamoDBClient({ endpoint: stack.dynamodbEndpoint, region: LOCAL_AWS.region });
    await expect(client.send(new DescribeTableCommand({ TableName: stack.tableName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    client.destroy();
  });

  test('includes what has started when the rest cannot start', async () => {
    const missing = join(tmpdir(), 'no-such-server.ts');
    expect(existsSync(missing)).toBe(false);
    await expect(startTestStack({ server: missing })).rejects.toMatchObject({
      name: 'CannotStart',
      message: expect.stringContaining('no-such-server.ts cannot be loaded'),
    });
    await expect(startTestStack({ server, environment: { LEASE_MS: 'soon' } })).rejects.toThrow(/LEASE_MS/);
  });
});
