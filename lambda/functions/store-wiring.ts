/** Wires the task store and the log. Apart from `wiring.ts`, because a function that needs no more must not load more. */
import { createDynamoDbClient } from '../aws/dynamodb.ts';
import type { Log } from '../engine/ports.ts';
import { createFunctionLog } from '../observe/index.ts';
import { DynamoTaskStore } from '../tasks/dynamodb/index.ts';
import type { TaskStore } from '../tasks/store.ts';
import { type Environment, LAMBDA_VARIABLES, requireVariable, VARIABLES } from '../variables.ts';
import { readClientOptions } from './environment.ts';

/** @throws ConfigurationError when TABLE_NAME is missing */
export function wireStore(env: Environment): TaskStore {
  const table = requireVariable(env, VARIABLES.table);
  const options = readClientOptions(env, env[LAMBDA_VARIABLES.dynamoDbEndpoint]);
  return new DynamoTaskStore({ client: createDynamoDbClient(options), table });
}

/** The function's log. It counts metrics only where METRICS_SERVER names the server. */
export function wireLog(env: Environment): Log {
  return createFunctionLog(env[VARIABLES.metricsServer]);
}
