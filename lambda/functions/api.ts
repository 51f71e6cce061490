/** The API function: one HTTP request in, one reply out. Whatever a poll does not need is loaded on first use. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { createGuard } from '../auth/index.ts';
import { createEngine } from '../engine/api/create-engine.ts';
import { systemClock, systemIds } from '../engine/system.ts';
import { createFrontDoor, type FrontDoor, readHttpEvent, toHttpResponse } from '../http/index.ts';
import type { OfficialSdk } from '../mcp/exchange.ts';
import { type InvocationContext, toTraceparent, withInvocation } from '../observe/index.ts';
import { createKeyedHash, createSealer } from '../seal/index.ts';
import type { ServerModule } from '../tool/server-module.ts';
import { type Environment, LAMBDA_VARIABLES, VARIABLES } from '../variables.ts';
import { readAuthSettings } from './auth-environment.ts';
import { readRequestLimits } from './environment.ts';
import { wireEnginePorts, wireLazyQueue, wireSecrets } from './wiring.ts';

/** Reserved at the end of the function's time (ms), so that the reply is out before Lambda stops the function. */
const API_MARGIN_MS = 1_000;

/**
 * What serves requests, wired as the environment says.
 *
 * @param env TABLE_NAME, QUEUE_URL, PAYLOAD_BUCKET (or PAYLOAD_FOLDER), SEALING_SECRET_ARN (or SEALING_SECRET);
 *   AUTH and the variables that belong to it; optionally ALLOWED_ORIGINS (comma separated), LEASE_MS, HEARTBEAT_MS,
 *   METRICS_SERVER and the limits
 * @throws ConfigurationError when a variable is missing or not valid
 */
export function wireFrontDoor(server: ServerModule, env: Environment): FrontDoor {
  const secrets = wireSecrets(env);
  const ports = wireEnginePorts(env, wireLazyQueue(env));
  const engine = createEngine({
    ...ports,
    hmac: createKeyedHash(secrets, 'idempotency'),
    trace: () => toTraceparent(env[LAMBDA_VARIABLES.traceHeader]),
  });

  const { info } = server;
  const { now, wait } = systemClock;
  const guard = createGuard(readAuthSettings(env), { path: '/mcp', name: info.title ?? info.name, now });
  const createCallId = (): string => systemIds.task(now());
  let sdk: Promise<OfficialSdk> | undefined;
  const loadSdk = async (): Promise<OfficialSdk> => {
    const { createBridge } = await import('../mcp/sdk/index.ts');
    return createBridge({ server, engine, now, wait, createCallId });
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
      payloads: ports.payloads,
      now,
      wait,
      createCallId,
      log: ports.log,
    },
    { guard, allowedOrigins: parseOrigins(env[VARIABLES.allowedOrigins]), ...readRequestLimits(env) },
  );
}

/**
 * The Lambda handler behind the HTTP API (payload format 2.0).
 *
 * @param env as for {@link wireFrontDoor}
 * @throws ConfigurationError when a variable is missing or not valid
 */
export function createApiHandler(server: ServerModule, env: Environment) {
  const handleRequest = wireFrontDoor(server, env);
  return async (
    event: APIGatewayProxyEventV2,
    context: Pick<Context, 'getRemainingTimeInMillis'> & InvocationContext,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    const deadline = systemClock.now() + context.getRemainingTimeInMillis() - API_MARGIN_MS;
    return withInvocation(context, async () => toHttpResponse(await handleRequest(readHttpEvent(event), deadline)));
  };
}

function parseOrigins(text = ''): string[] {
  return text
    .split(',')
    .map((origin) => origin.trim())
    .filter(Boolean);
}
