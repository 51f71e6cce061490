import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { toolEnvironment } from './environment.ts';
import { feed } from './event-sources.ts';
import { createApi, createDeadLetter, createWorker, DEAD_LETTER_TIMEOUT } from './functions.ts';
import { createHttpApi, MCP_PATH } from './http-api.ts';
import { loadServer, NOT_LOADED } from './load-server.ts';
import { createPayloadBucket } from './payloads.ts';
import type { McpTasksServerProps } from './props.ts';
import { createQueues } from './queues.ts';
import { createSealingSecret } from './sealing-secret.ts';
import { settingsOf } from './settings.ts';
import { createTable } from './table.ts';
import { checkPayloadRetention, checkSettings } from './validation.ts';

/**
 * A durable MCP server: `entry`'s tools behind an HTTPS endpoint, whose slow calls become tasks that outlive every
 * process. What it is made of is public, for alarms, grants and whatever else the props do not foresee.
 *
 * The endpoint is anonymous: whoever knows a task's id (128 random bits and more) may read and cancel that task, and
 * whoever knows the URL may call the tools. Synthesis warns of it.
 *
 * ```ts
 * const mcp = new McpTasksServer(this, 'Mcp', { entry: 'src/server.ts', maxWorkers: 20 });
 * reports.grantRead(mcp.workerFunction); // what the tools need beside the construct's own parts
 * ```
 */
export class McpTasksServer extends Construct {
  /** Task rows, journal entries, idempotency keys. */
  readonly table: Table;
  /** Wake-ups: one message stands behind every task that can run. */
  readonly queue: Queue;
  /** What the queue gave up on, until the dead-letter function has sent it afresh. */
  readonly deadLetterQueue: Queue;
  /** Payloads that are too large for a row. */
  readonly bucket: Bucket;
  /** Seals the state that clients carry. */
  readonly secret: Secret;
  /** Answers MCP requests. */
  readonly apiFunction: LambdaFunction;
  /** Runs the tools: grant it what they need. */
  readonly workerFunction: LambdaFunction;
  /** Sends afresh what is still owed. */
  readonly deadLetterFunction: LambdaFunction;
  /** The gateway in front of the API function. */
  readonly httpApi: HttpApi;
  /** The URL that MCP clients are given. */
  readonly endpoint: string;

  /** @throws Error when props contradict each other or the server module cannot be used, with what to do */
  constructor(scope: Construct, id: string, props: McpTasksServerProps) {
    super(scope, id);
    const settings = settingsOf(props);
    checkSettings(settings);
    const bundling = Stack.of(this).bundlingRequired;
    const server = bundling ? loadServer(settings.entry, toolEnvironment(settings, false)) : NOT_LOADED;
    checkPayloadRetention(settings, server);

    this.table = createTable(this, settings);
    const queues = createQueues(this, { worker: settings.workerTimeout, deadLetter: DEAD_LETTER_TIMEOUT });
    this.queue = queues.queue;
    this.deadLetterQueue = queues.deadLetterQueue;
    this.bucket = createPayloadBucket(this, settings);
    this.secret = createSealingSecret(this, settings);

    this.apiFunction = createApi(this, settings, server, this);
    this.workerFunction = createWorker(this, settings, server, this);
    this.deadLetterFunction = createDeadLetter(this, settings, server, this);
    feed(this, { worker: this.workerFunction, deadLetter: this.deadLetterFunction }, queues, settings);

    const { httpApi, stage } = createHttpApi(this, this.apiFunction, settings);
    this.httpApi = httpApi;
    // The URL of the default stage ends with a slash.
    this.endpoint = `${stage.url}${MCP_PATH.slice(1)}`;

    Annotations.of(this).addWarningV2(
      'mcp-tasks-aws:anonymous',
      'The MCP endpoint is anonymous: whoever has its URL can call the tools, and whoever has a task id can read and ' +
        'cancel that task. Deploy it to try it out, or behind something that authenticates its callers.',
    );
  }
}
