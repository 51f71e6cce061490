/** The variables with which the functions find their parts, and the tools what belongs to them. */
import { posix, resolve } from 'node:path';
import type { ToolsProps } from './props.ts';

/** Where Lambda unpacks a function's code. */
const TASK_ROOT = '/var/task';

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
  'MAX_ANSWER_BYTES',
  'MAX_BODY_BYTES',
  'MAX_BODY_DEPTH',
  'MAX_BODY_VALUES',
  'MAX_ID_LENGTH',
] as const;

/**
 * What the tools may read: the user's variables, and for each asset where its copy is.
 *
 * @param deployed whether the assets are copies in Lambda, or still where they come from on this machine
 */
export function toolEnvironment(props: ToolsProps, deployed: boolean): Record<string, string> {
  const environment: Record<string, string> = { ...props.environment };
  for (const { from, to, variable } of props.assets ?? [])
    if (variable !== undefined) environment[variable] = deployed ? posix.join(TASK_ROOT, to) : resolve(from);
  return environment;
}
