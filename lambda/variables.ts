/** The environment of the functions: names, and how they are read. */
import { ConfigurationError } from './tool/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigurationError when a variable is missing or empty */
export function requireVariable(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '')
    throw new ConfigurationError(
      `The environment variable ${name} is missing. The McpTasksServer construct sets it; a function wired by hand must set it too.`,
    );
  return value;
}

/** What the construct sets itself: the user's variables may not change the wiring. */
export const WIRING_VARIABLES = [
  'TABLE_NAME',
  'QUEUE_URL',
  'PAYLOAD_BUCKET',
  'PAYLOAD_FOLDER',
  'SEALING_SECRET',
  'SEALING_SECRET_ARN',
  'AUTH',
  'AUTH_ISSUER',
  'AUTH_JWKS_URI',
  'AUTH_AUDIENCES',
  'AUTH_SCOPES',
  'AUTH_CLIENTS',
  'AUTH_ALGORITHMS',
  'AUTH_CLOCK_SKEW_SECONDS',
  'AUTH_RESOURCE',
  'ALLOWED_ORIGINS',
  'LEASE_MS',
  'HEARTBEAT_MS',
  'METRICS_SERVER',
  'OWNER_SHARDS',
  'MAX_OPEN_TASKS',
  'MAX_INPUT_BYTES',
  'MAX_BODY_BYTES',
  'MAX_BODY_DEPTH',
  'MAX_BODY_VALUES',
  'MAX_ID_LENGTH',
] as const;
