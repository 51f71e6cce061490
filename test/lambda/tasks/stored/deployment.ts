/**
 * The functions as Lambda invokes them, by events of API Gateway and of SQS, on their own table, queue and folder. The
 * clock is the test's: functions and queue alike see the time that it was set to.
 */

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import { buildApp } from 'fauxqs';
import { vi } from 'vitest';
import { createApiHandler } from '../../../../lambda/functions/api.ts';
import { createDeadLetterHandler } from '../../../../lambda/functions/dead-letter.ts';
import { createExternalHandler } from '../../../../lambda/functions/external.ts';
import { createWorkerHandler } from '../../../../lambda/functions/worker.ts';
import { createTaskTable, getDynamoDbEndpoint } from '../../../support/dynamodb.ts';
import { EMULATOR_TIMEOUT_MS } from '../../../support/emulator.ts';
import type { Fixture } from './fixture.ts';
import { startIssuer } from './issuer.ts';
import { type Doing, serverOf } from './tools.ts';

/** The callers: two people with access tokens, an AWS role on a server with sharded owners, and an anonymous caller. */
export type Who = 'ada' | 'grace' | 'role' | 'nobody';

export type Deployment = Awaited<ReturnType<typeof deploy>>;

/** What every deployment of a test file shares. */
export async function startSurroundings() {
  vi.useFakeTimers({ toFake: ['Date'] });
  const app = buildApp({ logger: false, defaultRegion: 'us-east-1' });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  const issuer = await startIssuer();
  return {
    sqs: { endpoint, client: new SQSClient({ endpoint }) },
    dynamodb: new DynamoDBClient({ endpoint: getDynamoDbEndpoint() }),
    issuer,
    stop: async () => {
      await app.close();
      await issuer.stop();
      vi.useRealTimers();
    },
  };
}

export type Surroundings = Awaited<ReturnType<typeof startSurroundings>>;

export async function deploy({ sqs, dynamodb, issuer }: Surroundings, sealingSecret: string, doing: Doing) {
  const name = `stored-${randomUUID()}`;
  await createTaskTable(getDynamoDbEndpoint(), name);
  await sqs.client.send(new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '5400' } }));
  const queueUrl = `${sqs.endpoint}/000000000000/${name}`;
  const folder = await mkdtemp(join(tmpdir(), 'stored-'));
  const env = {
    TABLE_NAME: name,
    QUEUE_URL: queueUrl,
    PAYLOAD_FOLDER: folder,
    SEALING_SECRET: sealingSecret,
    AWS_ENDPOINT_URL_DYNAMODB: getDynamoDbEndpoint(),
    EMULATOR_TIMEOUT_MS: String(EMULATOR_TIMEOUT_MS),
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
  };
  const definition = serverOf(doing);
  const server = { info: definition.info, load: async () => definition };
  const byToken = createApiHandler(server, { ...env, ...issuer.environment });
  const signed = createApiHandler(server, { ...env, AUTH: 'iam', OWNER_SHARDS: '4' });
  const open = createApiHandler(server, { ...env, AUTH: 'none' });
  const doors = { ada: byToken, grace: byToken, role: signed, nobody: open };
  const worker = createWorkerHandler(server, env);
  const external = createExternalHandler(env);
  const deadLetter = createDeadLetterHandler(env);
  const lambda = (ms: number) => ({ getRemainingTimeInMillis: () => ms });

  async function request(who: Who, method: 'POST' | 'GET', headers: Record<string, string>, body?: unknown) {
    const token = who === 'ada' || who === 'grace' ? await issuer.tokenFor(who) : undefined;
    const iam = { accountId: '111122223333', userId: 'AROAEXAMPLE:nightly' };
    const answer = await doors[who](
      {
        version: '2.0',
        rawPath: '/mcp',
        headers: {
          accept: 'application/json, text/event-stream',
          ...(token && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        requestContext: {
          stage: '$default',
          domainName: 'shop.example',
          http: { method, path: '/mcp' },
          ...(who === 'role' && { authorizer: { iam } }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        isBase64Encoded: false,
      } as unknown as APIGatewayProxyEventV2,
      lambda(29_000),
    );
    return { status: answer.statusCode, headers: answer.headers ?? {}, body: String(answer.body ?? '') };
  }

  return {
    dynamodb,
    table: name,
    folder,

    /** Put everything where the previous version left it: rows and files, and the messages of one case. */
    async restore({ left }: Fixture, which: string): Promise<void> {
      const puts = Object.values(left).flatMap(({ items }) => items.map((Item) => ({ PutRequest: { Item } })));
      for (let at = 0; at < puts.length; at += 25)
        await dynamodb.send(
          new BatchWriteItemCommand({ RequestItems: { [name]: structuredClone(puts.slice(at, at + 25)) } }),
        );
      const files = Object.values(left).flatMap(({ payloads }) => Object.entries(payloads));
      for (const [file, content] of files) await writeFile(join(folder, file), content);
      for (const message of left[which]?.messages ?? [])
        await sqs.client.send(new SendMessageCommand({ QueueUrl: queueUrl, ...message }));
    },

    /** A request of MCP 2026-07-28, by a client that has tasks by default. */
    async modern(who: Who, method: string, params: Record<string, unknown>, more: Modern = {}) {
      const { tasks = true, meta = {}, headers = {} } = more;
      const answer = await request(
        who,
        'POST',
        {
          'content-type': 'application/json',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': method,
          'mcp-name': String(params.name ?? params.taskId),
          ...headers,
        },
        {
          jsonrpc: '2.0',
          id: 1,
          method,
          params: {
            ...params,
            _meta: {
              'io.modelcontextprotocol/protocolVersion': '2026-07-28',
              'io.modelcontextprotocol/clientCapabilities': {
                elicitation: { form: {} },
                ...(tasks && { extensions: { 'io.modelcontextprotocol/tasks': {} } }),
              },
              ...meta,
            },
          },
        },
      );
      return { ...answer, ...JSON.parse(answer.body) };
    },

    /** A message of MCP 2025-11-25, or (without one) the request that resumes a stream. */
    async classic(who: Who, message: Record<string, unknown> | undefined, { session, lastEventId }: Classic = {}) {
      const answer = await request(
        who,
        message ? 'POST' : 'GET',
        {
          'mcp-protocol-version': '2025-11-25',
          ...(message && { 'content-type': 'application/json' }),
          ...(session && { 'mcp-session-id': session }),
          ...(lastEventId && { 'last-event-id': lastEventId }),
        },
        message && { jsonrpc: '2.0', ...message },
      );
      return { ...answer, ...messagesIn(answer.body) };
    },

    /** The messages that are due go to the worker, and so do those that it sends, until none is. @returns what it kept */
    async work(): Promise<string[]> {
      const kept: string[] = [];
      for (;;) {
        const [message] = await receive();
        if (!message) return kept;
        const answer = await worker(eventOf(message), lambda(900_000));
        if (answer.batchItemFailures.length > 0) kept.push(message.Body ?? '');
        else await remove(message);
      }
    },

    /** The messages that are due, as the dead-letter queue would have them, go to its function. @returns how many it gave back */
    async redrive(): Promise<number> {
      let failed = 0;
      for (const message of await receive()) {
        await remove(message);
        failed += (await deadLetter(eventOf(message))).batchItemFailures.length;
      }
      return failed;
    },

    external: (event: unknown) => external(event, lambda(30_000)),
    stop: () => rm(folder, { recursive: true }),
  };

  async function receive() {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageSystemAttributeNames: ['All'] });
    return (await sqs.client.send(command)).Messages ?? [];
  }

  async function remove({ ReceiptHandle }: Received): Promise<void> {
    await sqs.client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
}

interface Modern {
  readonly tasks?: boolean;
  readonly meta?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
}

interface Classic {
  readonly session?: string | undefined;
  readonly lastEventId?: string | undefined;
}

interface Received {
  readonly MessageId?: string;
  readonly ReceiptHandle?: string;
  readonly Body?: string;
  readonly Attributes?: Record<string, string>;
}

const eventOf = ({ MessageId, ReceiptHandle, Body, Attributes }: Received): SQSEvent =>
  ({
    Records: [
      {
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        attributes: Attributes,
        messageAttributes: {},
        eventSource: 'aws:sqs',
      },
    ],
  }) as unknown as SQSEvent;

/** The JSON-RPC messages of a response in JSON or as events, and the cursor of its stream. */
function messagesIn(body: string) {
  const lines = body.split('\n');
  const events = lines.flatMap((line) => (line.startsWith('data: {') ? [line.slice('data: '.length)] : []));
  const texts = events.length > 0 ? events : body.startsWith('{') ? [body] : [];
  return {
    messages: texts.map((one) => JSON.parse(one)),
    lastEventId: lines.findLast((line) => line.startsWith('id: '))?.slice('id: '.length),
  };
}
