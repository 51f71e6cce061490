/** The API function: one HTTP request in, one answer out. What a poll does not need is loaded when it is needed. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { dynamoDb } from './aws/dynamodb.ts';
import { createEngine, systemClock, systemIds } from './engine/index.ts';
import type { WakeUpQueue } from './engine/ports.ts';
import { type Environment, engineSettings, required } from './environment.ts';
import { createFrontDoor, requestOf, resultOf } from './http/index.ts';
import { jsonLog } from './log.ts';
import type { OfficialSdk } from './mcp/exchange.ts';
import { createSealer, type Secrets, secretsManager } from './seal/index.ts';
import type { ServerModule } from './server-module.ts';
import { DynamoTaskStore } from './tasks/dynamodb/index.ts';
import { payloadStoreOf } from './tasks/payload/index.ts';

/** What is kept back of the function's time (ms): an answer must have been given before Lambda stops it. */
const MARGIN_MS = 1_000;

/**
 * The Lambda handler behind the HTTP API (payload format 2.0).
 *
 * @param env TABLE_NAME, QUEUE_URL, PAYLOAD_BUCKET (or PAYLOAD_FOLDER), SEALING_SECRET_ARN (or SEALING_SECRET);
 *   optionally ALLOWED_ORIGINS (comma separated), LEASE_MS, HEARTBEAT_MS
 * @throws ConfigurationError when one is missing
 */
export function createApiHandler(server: ServerModule, env: Environment) {
  const log = jsonLog((line) => console.log(line));
  const database = env.AWS_ENDPOINT_URL_DYNAMODB;
  const engine = createEngine({
    store: new DynamoTaskStore({
      client: dynamoDb(database ? { endpoint: database } : {}),
      table: required(env, 'TABLE_NAME'),
    }),
    queue: lazyQueue(required(env, 'QUEUE_URL'), env.AWS_ENDPOINT_URL_SQS),
    payloads: payloadStoreOf(env),
    clock: systemClock,
    ids: systemIds,
    log,
    settings: engineSettings(env),
  });

  let sdk: Promise<OfficialSdk> | undefined;
  const callId = (): string => systemIds.task(systemClock.now());
  const loadSdk = async (): Promise<OfficialSdk> => {
    const { createBridge } = await import('./mcp/sdk/index.ts');
    return createBridge({ server, now: systemClock.now, callId });
  };

  const answer = createFrontDoor(
    {
      server,
      engine,
      sealer: createSealer(sealingSecrets(env)),
      sdk: () => {
        sdk ??= loadSdk();
        return sdk;
      },
      now: systemClock.now,
      callId,
      log,
    },
    { allowedOrigins: list(env.ALLOWED_ORIGINS) },
  );

  return async (
    event: APIGatewayProxyEventV2,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    const deadline = systemClock.now() + context.getRemainingTimeInMillis() - MARGIN_MS;
    return resultOf(await answer(requestOf(event), {}, deadline));
  };
}

/** The queue, whose client is loaded with the first message: most polls send none. */
function lazyQueue(queueUrl: string, endpoint: string | undefined): WakeUpQueue {
  let queue: Promise<WakeUpQueue> | undefined;
  const load = async (): Promise<WakeUpQueue> => {
    const [{ SqsWakeUpQueue }, { sqs }] = await Promise.all([import('./aws/queue.ts'), import('./aws/sqs.ts')]);
    return new SqsWakeUpQueue({ client: sqs(endpoint ? { endpoint } : {}), queueUrl });
  };
  return {
    send: async (wakeUp, options) => {
      queue ??= load();
      return (await queue).send(wakeUp, options);
    },
  };
}

/** The secret behind sealed state: its own text locally, in Secrets Manager otherwise. */
function sealingSecrets(env: Environment): Secrets {
  const { SEALING_SECRET: secret } = env;
  return secret ? async () => [secret] : secretsManager(required(env, 'SEALING_SECRET_ARN'), systemClock.now);
}

const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
