/** The construct. */
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
import { createFunction } from './functions/node-function.ts';
import { FUNCTIONS } from './functions/specs.ts';
import { createHttpApi } from './gateway/http-api.ts';
import { createRestApi } from './gateway/rest-api.ts';
import { MCP_PATH } from './gateway/routes.ts';
import { createMonitoring } from './monitoring/index.ts';
import { MeasuredServer } from './monitoring/metrics.ts';
import type { McpTasksServerProps } from './props/props.ts';
import { checkSettings, resolveSettings } from './props/settings.ts';
import { grantLogsUse } from './resources/encryption.ts';
import { createPayloadBucket } from './resources/payloads.ts';
import { createQueues } from './resources/queues.ts';
import { createSealingSecret } from './resources/sealing-secret.ts';
import { createTable } from './resources/table.ts';

/**
 * A durable MCP server: `entry`'s tools behind an HTTPS endpoint, whose slow calls become tasks that outlive every
 * process. Its resources are public, for alarms, grants and everything else that the props do not cover.
 *
 * `auth` decides who may call; each caller sees only their own tasks.
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
  /** Wake-ups: one message for every task that can run. */
  readonly queue: IQueue;
  /** Messages that the queue gave up on, until the dead-letter function has sent them again. */
  readonly deadLetterQueue: IQueue;
  /** Payloads that are too large for a row. */
  readonly bucket: IBucket;
  /** Seals the state that clients carry. */
  readonly secret: Secret;
  /** Answers MCP requests. */
  readonly apiFunction: LambdaFunction;
  /** Runs the tools: grant it what they need. */
  readonly workerFunction: LambdaFunction;
  /** Sends again the wake-ups that the queue gave up on and a task still waits for. */
  readonly deadLetterFunction: LambdaFunction;
  /** Invoked by outside systems to end what a task waits for (`task.waitFor`): see {@link grantExternal}. */
  readonly externalFunction: LambdaFunction;
  /** The gateway in front of the API function. */
  readonly httpApi: HttpApi;
  readonly #auth: McpAuth;
  readonly #routes: readonly HttpRoute[];
  /** The URL for MCP clients. */
  readonly endpoint: string;
  /** With `streaming`: the URL of the same server where subscriptions stay open. */
  readonly streamingEndpoint?: string;
  /** With `streaming`: the gateway behind that URL. */
  readonly streamingApi?: RestApi;
  /** With `streaming`: answers MCP requests there. */
  readonly streamingFunction?: LambdaFunction;
  readonly #streamingMethod?: Method;
  /** The alarms; `docs/operations.md` explains each by its name. */
  readonly alarms: readonly Alarm[];
  /** Unless `monitoring.dashboard` is false. */
  readonly dashboard?: Dashboard;

  /** @throws Error, with what to do, when props contradict each other or the server module cannot be used */
  constructor(scope: Construct, id: string, props: McpTasksServerProps) {
    super(scope, id);
    const settings = resolveSettings(props);
    checkSettings(settings);
    const bundling = Stack.of(this).bundlingRequired;
    const server = bundling ? loadServer(settings.entry, buildToolEnvironment(settings, false)) : PLACEHOLDER_SERVER;
    checkToolScopes(settings, server);
    checkPayloadRetention(settings, server);

    if (settings.encryptionKey) grantLogsUse(settings.encryptionKey, this);
    this.table = createTable(this, settings);
    const queues = createQueues(this, settings);
    this.queue = queues.queue;
    this.deadLetterQueue = queues.deadLetterQueue;
    this.bucket = createPayloadBucket(this, settings);
    this.secret = createSealingSecret(this, settings);

    const context = { settings, server, resources: this };
    this.apiFunction = createFunction(this, FUNCTIONS.api, context);
    this.workerFunction = createFunction(this, FUNCTIONS.worker, context);
    this.deadLetterFunction = createFunction(this, FUNCTIONS.deadLetter, context);
    this.externalFunction = createFunction(this, FUNCTIONS.external, context);
    addEventSources(this, { worker: this.workerFunction, deadLetter: this.deadLetterFunction }, queues, settings);

    const { httpApi, stage, routes } = createHttpApi(this, this.apiFunction, settings);
    this.httpApi = httpApi;
    this.#routes = routes;
    this.#auth = settings.auth;
    // The URL of the default stage ends with a slash.
    const root = settings.domainName ? `https://${settings.domainName.name}/` : stage.url;
    this.endpoint = `${root}${MCP_PATH.slice(1)}`;

    if (settings.streaming) {
      this.streamingFunction = createFunction(this, FUNCTIONS.streaming, { ...context, endpoint: this.endpoint });
      const { restApi, method } = createRestApi(this, this.streamingFunction, settings);
      this.streamingApi = restApi;
      this.#streamingMethod = method;
      this.streamingEndpoint = restApi.urlForPath(MCP_PATH);
    }

    const { alarms, dashboard } = createMonitoring(this, settings.monitoring);
    this.alarms = alarms;
    if (dashboard) this.dashboard = dashboard;

    if (settings.auth.kind !== 'none') return;
    Annotations.of(this).addWarningV2(
      'mcp-tasks-aws:anonymous',
      'The MCP endpoint is anonymous: anyone who has its URL can call the tools, and anyone who has a task id can read ' +
        'and cancel that task. Deploy it to try it out, or behind something that authenticates its callers.',
    );
  }

  /**
   * Let a principal call a server whose `auth` is `McpAuth.iam()`: `execute-api:Invoke` on the endpoint and nothing
   * else.
   *
   * @throws Error for any other `auth`, with which it would permit nothing
   */
  grantInvoke(grantee: IGrantable): void {
    if (this.#auth.kind !== 'iam')
      throw new Error(
        `grantInvoke permits nothing with McpAuth.${this.#auth.kind}(), which does not use IAM: remove the call.`,
      );
    for (const route of this.#routes) route.grantInvoke(grantee);
    this.#streamingMethod?.grantExecute(grantee);
  }

  /**
   * Let an outside system end what tasks wait for (`task.waitFor`): `lambda:InvokeFunction` on
   * {@link externalFunction}. With that and the token of a wait it can end the wait, and learns nothing about the task.
   */
  grantExternal(grantee: IGrantable): Grant {
    return this.externalFunction.grantInvokeLatestVersion(grantee);
  }
}
