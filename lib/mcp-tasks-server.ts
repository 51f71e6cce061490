import type { Method, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpApi, HttpRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { McpAuth } from './auth/mcp-auth.ts';
import { checkPayloadRetention, checkToolScopes } from './bundle/check-server.ts';
import { loadServer, PLACEHOLDER_SERVER } from './bundle/load-server.ts';
import { buildToolEnvironment } from './functions/environment.ts';
import { addEventSources } from './functions/event-sources.ts';
import { createExternalFunction } from './functions/external.ts';
import {
  createApiFunction,
  createDeadLetterFunction,
  createWorkerFunction,
  DEAD_LETTER_TIMEOUT,
} from './functions/functions.ts';
import { createHttpApi, MCP_PATH } from './gateway/http-api.ts';
import { createStreamingEndpoint } from './gateway/streaming.ts';
import { createMonitoring } from './monitoring/index.ts';
import { MeasuredServer } from './monitoring/metrics.ts';
import type { McpTasksServerProps } from './props/props.ts';
import { checkResources } from './props/resource-validation.ts';
import { resolveSettings } from './props/settings.ts';
import { checkSettings } from './props/validation.ts';
import { grantLogsUse } from './resources/encryption.ts';
import { createPayloadBucket } from './resources/payloads.ts';
import { createQueues } from './resources/queues.ts';
import { createSealingSecret } from './resources/sealing-secret.ts';
import { createTable } from './resources/table.ts';

/**
 * A durable MCP server: `entry`'s tools behind an HTTPS endpoint, whose slow calls become tasks that outlive every
 * process. What it is made of is public, for alarms, grants and whatever else the props do not foresee.
 *
 * Who may call is said by `auth`, and each caller sees the tasks of their own alone.
 *
 * @example
 * ```ts
 * import { Bucket } from 'aws-cdk-lib/aws-s3';
 * import { Stack } from 'aws-cdk-lib/core';
 * import type { Construct } from 'constructs';
 * import { McpAuth, McpTasksServer } from 'mcp-tasks-aws/cdk';
 *
 * export class ReportsStack extends Stack {
 *   constructor(scope: Construct, id: string) {
 *     super(scope, id);
 *     const mcp = new McpTasksServer(this, 'Mcp', {
 *       entry: 'src/server.ts',
 *       auth: McpAuth.jwt({ issuer: 'https://login.example.com', scopes: ['reports'] }),
 *     });
 *     // What the tools need in addition to the construct's own resources.
 *     new Bucket(this, 'Reports').grantRead(mcp.workerFunction);
 *   }
 * }
 * ```
 */
export class McpTasksServer extends MeasuredServer {
  /** Task rows, journal entries, idempotency keys. */
  readonly table: ITable;
  /** Wake-ups: one message stands behind every task that can run. */
  readonly queue: IQueue;
  /** What the queue gave up on, until the dead-letter function has sent it afresh. */
  readonly deadLetterQueue: IQueue;
  /** Payloads that are too large for a row. */
  readonly bucket: IBucket;
  /** Seals the state that clients carry. */
  readonly secret: Secret;
  /** Answers MCP requests. */
  readonly apiFunction: LambdaFunction;
  /** Runs the tools: grant it what they need. */
  readonly workerFunction: LambdaFunction;
  /** Sends afresh what is still owed. */
  readonly deadLetterFunction: LambdaFunction;
  /** Takes what outside systems say about what a task waits for (`task.waitFor`): see {@link grantExternal}. */
  readonly externalFunction: LambdaFunction;
  /** The gateway in front of the API function. */
  readonly httpApi: HttpApi;
  readonly #auth: McpAuth;
  readonly #routes: readonly HttpRoute[];
  /** The URL that MCP clients are given. */
  readonly endpoint: string;
  /** With `streaming`: the URL of the same server where subscriptions stay open. */
  readonly streamingEndpoint?: string;
  /** With `streaming`: the gateway behind that URL. */
  readonly streamingApi?: RestApi;
  /** With `streaming`: what answers there. */
  readonly streamingFunction?: LambdaFunction;
  readonly #streamingMethod?: Method;
  /** What is watched; each is named and explained in `docs/operations.md`. */
  readonly alarms: readonly Alarm[];
  /** Unless `monitoring.dashboard` is false. */
  readonly dashboard?: Dashboard;

  /** @throws Error when props contradict each other or the server module cannot be used, with what to do */
  constructor(scope: Construct, id: string, props: McpTasksServerProps) {
    super(scope, id);
    const settings = resolveSettings(props);
    checkSettings(settings);
    const timeouts = { worker: settings.workerTimeout, deadLetter: DEAD_LETTER_TIMEOUT };
    checkResources(settings, timeouts);
    const bundling = Stack.of(this).bundlingRequired;
    const server = bundling ? loadServer(settings.entry, buildToolEnvironment(settings, false)) : PLACEHOLDER_SERVER;
    checkToolScopes(settings, server);
    checkPayloadRetention(settings, server);

    if (settings.encryptionKey) grantLogsUse(settings.encryptionKey, this);
    this.table = createTable(this, settings);
    const queues = createQueues(this, settings, timeouts);
    this.queue = queues.queue;
    this.deadLetterQueue = queues.deadLetterQueue;
    this.bucket = createPayloadBucket(this, settings);
    this.secret = createSealingSecret(this, settings);

    this.apiFunction = createApiFunction(this, settings, server, this);
    this.workerFunction = createWorkerFunction(this, settings, server, this);
    this.deadLetterFunction = createDeadLetterFunction(this, settings, server, this);
    this.externalFunction = createExternalFunction(this, settings, server, this);
    addEventSources(this, { worker: this.workerFunction, deadLetter: this.deadLetterFunction }, queues, settings);

    const { httpApi, stage, routes } = createHttpApi(this, this.apiFunction, settings);
    this.httpApi = httpApi;
    this.#routes = routes;
    this.#auth = settings.auth;
    // The URL of the default stage ends with a slash.
    const root = settings.domainName ? `https://${settings.domainName.name}/` : stage.url;
    this.endpoint = `${root}${MCP_PATH.slice(1)}`;

    if (settings.streaming) {
      const streaming = createStreamingEndpoint(this, settings, server, this, this.endpoint);
      this.streamingFunction = streaming.fn;
      this.streamingApi = streaming.restApi;
      this.#streamingMethod = streaming.method;
      this.streamingEndpoint = streaming.endpoint;
    }

    const { alarms, dashboard } = createMonitoring(this, settings);
    this.alarms = alarms;
    if (dashboard) this.dashboard = dashboard;

    if (settings.auth.kind !== 'none') return;
    Annotations.of(this).addWarningV2(
      'mcp-tasks-aws:anonymous',
      'The MCP endpoint is anonymous: whoever has its URL can call the tools, and whoever has a task id can read and ' +
        'cancel that task. Deploy it to try it out, or behind something that authenticates its callers.',
    );
  }

  /**
   * Let somebody call a server whose `auth` is `McpAuth.iam()`: `execute-api:Invoke` on the endpoint and nothing else.
   *
   * @throws Error for any other `auth`, where it would permit nothing
   */
  grantInvoke(grantee: IGrantable): void {
    if (this.#auth.kind !== 'iam')
      throw new Error(
        `grantInvoke permits nothing with McpAuth.${this.#auth.kind}(): the gateway does not ask for it.`,
      );
    for (const route of this.#routes) route.grantInvoke(grantee);
    this.#streamingMethod?.grantExecute(grantee);
  }

  /**
   * Let a system outside end what tasks wait for (`task.waitFor`): `lambda:InvokeFunction` on
   * {@link externalFunction}. Whoever has it and the token of a wait can end that wait, and learns nothing of the task.
   */
  grantExternal(grantee: IGrantable): Grant {
    return this.externalFunction.grantInvokeLatestVersion(grantee);
  }
}
