import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, test } from 'vitest';
import { buildClientConfig, SHORT_ATTEMPT_MS } from '../../../lambda/aws/client-config.ts';
import { createDynamoDbClient } from '../../../lambda/aws/dynamodb.ts';
import { createSqsClient } from '../../../lambda/aws/sqs.ts';
import { Unavailable } from '../../../lambda/engine/errors.ts';
import { SqsWakeUpQueue } from '../../../lambda/queue/queue.ts';
import { EMULATOR_TIMEOUT_MS } from '../../support/emulator.ts';

describe('AWS clients', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** A stand-in for a service, with its own way to respond; `requests` counts its requests. */
  const aService = async (answer: RequestListener) => {
    const seen = { requests: 0, endpoint: '' };
    server = createServer((request, response) => {
      seen.requests++;
      answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    seen.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return seen;
  };
  const get = new GetCommand({ TableName: 'tasks', Key: { partition: 'a', id: 'b' } });

  test('give up on a service that never answers, after three attempts', async () => {
    const service = await aService(() => {});
    // Long enough for each attempt to arrive on a busy machine.
    const client = createDynamoDbClient({ endpoint: service.endpoint, requestTimeoutMs: 1_000 });
    await expect(client.send(get)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(service.requests).toBe(3);
  });

  test('give up on a service that goes silent in the middle of a response', async () => {
    const service = await aService((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '100' });
      response.write('{"Item":');
    });
    const client = createDynamoDbClient({ endpoint: service.endpoint, requestTimeoutMs: 50 });
    await expect(client.send(get)).rejects.toThrow();
  });

  test('retry after a failure of the service', async () => {
    let asked = 0;
    const service = await aService((_, response) => {
      asked++;
      response.writeHead(asked < 3 ? 500 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(asked < 3 ? '{"__type":"InternalServerError"}' : '{"Item":{"id":{"S":"b"}}}');
    });
    const { Item } = await createDynamoDbClient({
      endpoint: service.endpoint,
      requestTimeoutMs: EMULATOR_TIMEOUT_MS,
    }).send(get);
    expect(Item).toEqual({ id: 'b' });
    expect(service.requests).toBe(3);
  });

  test('call the endpoint that they were given, not the host in the queue URL', async () => {
    const service = await aService((_, response) => response.writeHead(400).end('{}'));
    const client = createSqsClient({ endpoint: service.endpoint, requestTimeoutMs: EMULATOR_TIMEOUT_MS });
    const queue = new SqsWakeUpQueue({ client, queueUrl: 'https://sqs.us-east-1.amazonaws.com/1/wake-ups' });
    await expect(queue.send({ partition: 'a', task: 'b', generation: 1, commitBy: 0 })).rejects.toThrow(Unavailable);
    expect(service.requests).toBe(1);
  });

  test('end all attempts before the next heartbeat', () => {
    const { maxAttempts, requestHandler } = buildClientConfig({}, SHORT_ATTEMPT_MS);
    const attempt = requestHandler.requestTimeout;
    // The SDK's longest waits: 50 and 100 ms after an attempt that hung, 1 s and 2 s after a refusal for load.
    const worst = [3 * attempt + 50 + 100, attempt + 50 + 2_000 + attempt, 1_000 + 2_000 + attempt];
    expect(maxAttempts).toBe(3);
    expect(Math.max(...worst)).toBeLessThan(5_000);
    expect(requestHandler.throwOnRequestTimeout).toBe(true);
  });
});
