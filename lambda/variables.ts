/** The environment of the functions: the names of its variables, and how a required one is read. */
import { ConfigurationError } from './tool/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables that wire the functions. The construct writes them, the functions read them, and the local stack
 * replaces some of them: all three by this table.
 */
export const VARIABLES = {
  table: 'TABLE_NAME',
  queueUrl: 'QUEUE_URL',
  payloadBucket: 'PAYLOAD_BUCKET',
  /** On one machine, instead of a bucket. */
  payloadFolder: 'PAYLOAD_FOLDER',
  sealingSecretArn: 'SEALING_SECRET_ARN',
  /** On one machine: the secret itself. */
  sealingSecret: 'SEALING_SECRET',
  auth: 'AUTH',
  authIssuer: 'AUTH_ISSUER',
  authJwksUri: 'AUTH_JWKS_URI',
  authAudiences: 'AUTH_AUDIENCES',
  authScopes: 'AUTH_SCOPES',
  authClients: 'AUTH_CLIENTS',
  authAlgorithms: 'AUTH_ALGORITHMS',
  authClockSkewSeconds: 'AUTH_CLOCK_SKEW_SECONDS',
  authResource: 'AUTH_RESOURCE',
  allowedOrigins: 'ALLOWED_ORIGINS',
  leaseMs: 'LEASE_MS',
  heartbeatMs: 'HEARTBEAT_MS',
  metricsServer: 'METRICS_SERVER',
  ownerShards: 'OWNER_SHARDS',
  maxOpenTasks: 'MAX_OPEN_TASKS',
  maxInputBytes: 'MAX_INPUT_BYTES',
  maxBodyBytes: 'MAX_BODY_BYTES',
  maxBodyDepth: 'MAX_BODY_DEPTH',
  maxBodyValues: 'MAX_BODY_VALUES',
  maxIdLength: 'MAX_ID_LENGTH',
} as const;

/** Reserved for the construct: a user's own variables must not change the wiring. */
export const WIRING_VARIABLES: readonly string[] = Object.values(VARIABLES);

/** The variables that Lambda sets, and on one machine the local stack in its place. The names are AWS's. */
export const LAMBDA_VARIABLES = {
  functionName: 'AWS_LAMBDA_FUNCTION_NAME',
  memoryMb: 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  /** The X-Ray trace header of the current invocation. */
  traceHeader: '_X_AMZN_TRACE_ID',
  /** Only with an emulator. */
  dynamoDbEndpoint: 'AWS_ENDPOINT_URL_DYNAMODB',
  /** Only with an emulator. */
  sqsEndpoint: 'AWS_ENDPOINT_URL_SQS',
  /** Only with an emulator: how long one attempt at a request may take (ms). */
  emulatorTimeoutMs: 'EMULATOR_TIMEOUT_MS',
} as const;

/** @throws ConfigurationError when the variable is missing or empty */
export function requireVariable(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '')
    throw new ConfigurationError(
      `The environment variable ${name} is missing. The McpTasksServer construct sets it; a function that is wired by hand must set it too.`,
    );
  return value;
}
