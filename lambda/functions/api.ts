/** The API function: one HTTP request in, one answer out. What a poll does not need is loaded when it is needed. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { createGuard, readAuthSettings } from '../auth/index.ts';
import { createDynamoDbClient } from '../aws/dynamodb.ts';
// Not by the engine's door, behind which the worker is: a function that runs no tools does not load what runs them.
import { createEngine } from '../engine/api/create-engine.ts';
import type { WakeUpQueue } from '../engine/ports.ts';
import { systemClock, systemIds } from '../engine/system.ts';
import { createFrontDoor, type FrontDoor, readHttpEvent, toHttpResponse } from '../http/index.ts';
import type { OfficialSdk } from '../mcp/exchange.ts';
import { createFunctionLog, type InvocationContext, toTraceparent, withInvocation } from '../observe/index.ts';
import { createPayloadStore } from '../payloads/index.ts';
import { createKeyedHash, createSealer, createSecretsManagerSource, type SecretSource } from '../seal/index.ts';
import { DynamoTaskStore } from '../tasks/dynamodb/index.ts';
import type { ServerModule } from '../tool/server-module.ts';
import { type Environment, requireVariable } from '../variables.ts';
import { readEngineSettings, readRequestLimits } from './environment.ts';

/** What is kept back of the function's time (ms): an answer must have been given before Lambda stops it. */
const API_MARGIN_MS = 1_000;

/**
 * What answers requests, wired as the environment says.
 *
 * @param env TABLE_NAME, QUEUE_URL, PAYLOAD_BUCKET (or PAYLOAD_FOLDER), SEALING_SECRET_ARN (or SEALING_SECRET);
 *   AUTH with what belongs to it; optionally ALLOWED_ORIGINS (comma separated), LEASE_MS, HEARTBEAT_MS, METRICS_SERVER
 * @throws ConfigurationError when one is missing
 */
export function wireFrontDoor(server: ServerModule, env: Environment): FrontDoor {
  const log = createFunctionLog(env.METRICS_SERVER);
  const database = env.AWS_ENDPOINT_URL_DYNAMODB;
  const secrets = createSecretSource(env);
  const payloads = createPayloadStore(env);
  const engine = createEngine({
    store: new DynamoTaskStore({
      client: createDynamoDbClient(database ? { endpoint: database } : {}),
      table: requireVariable(env, 'TABLE_NAME'),
    }),
    queue: createLazyQueue(requireVariable(env, 'QUEUE_URL'), env.AWS_ENDPOINT_URL_SQS),
    payloads,
    clock: systemClock,
    ids: systemIds,
    log,
    settings: readEngineSettings(env),
    hmac: createKeyedHash(secrets, 'idempotency'),
    trace: () => toTraceparent(env._X_AMZN_TRACE_ID),
  });

  const { info } = server;
  const guard = createGuard(readAuthSettings(env), {
    path: '/mcp',
    name: info.title ?? info.name,
    now: systemClock.now,
  });
  let sdk: Promise<OfficialSdk> | undefined;
  const createCallId = (): string => systemIds.task(systemClock.now());
  const loadSdk = async (): Promise<OfficialSdk> => {
    const { createBridge } = await import('../mcp/sdk/index.ts');
    return createBridge({ server, engine, now: systemClock.now, wait: systemClock.wait, createCallId });
  };

  return createFrontDoor(
    {
      server,
      engine,
      sealer: createSealer(secrets),
      loadSdk: () => {
        sdk ??= loadSdk();
        return sdk;
      },
      payloads,
      now: systemClock.now,
      wait: systemClock.wait,
      createCallId,
      log,
    },
    { guard, allowedOrigins: parseOrigins(env.ALLOWED_ORIGINS), ...readRequestLimits(env) },
  );
}

/**
 * The Lambda handler behind the HTTP API (payload format 2.0).
 *
 * @param env as for {@link wireFrontDoor}
 * @throws ConfigurationError when a variable is missing
 */
export function createApiHandler(server: ServerModule, env: Environment) {
  const answer = wireFrontDoor(server, env);
  return async (
    event: APIGatewayProxyEventV2,
    context: Pick<Context, 'getRemainingTimeInMillis'> & InvocationContext,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    const deadline = systemClock.now() + context.getRemainingTimeInMillis() - API_MARGIN_MS;
    return withInvocation(context, async () => toHttpResponse(await answer(readHttpEvent(event), deadline)));
  };
}

/** The queue, whose client is loaded with the first message: most polls send none. */
function createLazyQueue(queueUrl: string, endpoint: string | undefined): WakeUpQueue {
  let queue: Promise<WakeUpQueue> | undefined;
  const load = async (): Promise<WakeUpQueue> => {
    const [{ SqsWakeUpQueue }, { createSqsClient }] = await Promise.all([
      import('../queue/queue.ts'),
      import('../aws/sqs.ts'),
    ]);
    return new SqsWakeUpQueue({ client: createSqsClient(endpoint ? { endpoint } : {}), queueUrl });
  };
  return {
    send: async (wakeUp, options) => {
      queue ??= load();
      return (await queue).send(wakeUp, options);
    },
  };
}

/** The secret behind sealed state: its own text locally, in Secrets Manager otherwise. */
function createSecretSource(env: Environment): SecretSource {
  const { SEALING_SECRET: secret } = env;
  return secret
    ? async () => [secret]
    : createSecretsManagerSource(requireVariable(env, 'SEALING_SECRET_ARN'), systemClock.now);
}

const parseOrigins = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
