/** Reads settings and limits from the functions' environment, once, as a function starts. */

import type { ClientOptions } from '../aws/client-config.ts';
import { ENGINE_DEFAULTS, type EngineSettings } from '../engine/settings.ts';
import type { FrontDoorOptions } from '../http/index.ts';
import { ConfigurationError } from '../tool/errors.ts';
import { type Environment, LAMBDA_VARIABLES, VARIABLES } from '../variables.ts';

/** The engine's settings, as an operator chose them. @throws ConfigurationError for a value that is not valid */
export function readEngineSettings(env: Environment): EngineSettings {
  const leaseMs = readInteger(env, VARIABLES.leaseMs, 1, ' (ms)') ?? ENGINE_DEFAULTS.leaseMs;
  const heartbeatMs = readInteger(env, VARIABLES.heartbeatMs, 1, ' (ms)') ?? ENGINE_DEFAULTS.heartbeatMs;
  if (heartbeatMs * 3 > leaseMs)
    throw new ConfigurationError(
      `${VARIABLES.heartbeatMs} (${heartbeatMs}) must be at most a third of ${VARIABLES.leaseMs} (${leaseMs}): a lease has to outlive two lost heartbeats.`,
    );
  return {
    ...ENGINE_DEFAULTS,
    leaseMs,
    heartbeatMs,
    ownerShards: readInteger(env, VARIABLES.ownerShards, 1) ?? ENGINE_DEFAULTS.ownerShards,
    maxOpenTasks: readInteger(env, VARIABLES.maxOpenTasks, 0) ?? ENGINE_DEFAULTS.maxOpenTasks,
    maxInputBytes: readInteger(env, VARIABLES.maxInputBytes, 1) ?? ENGINE_DEFAULTS.maxInputBytes,
  };
}

export type FrontDoorLimits = Pick<FrontDoorOptions, 'maxBodyBytes' | 'maxDepth' | 'maxValues' | 'maxIdLength'>;

/**
 * What one request may contain, as an operator chose it. A limit that is not set is absent: its default is where it
 * applies.
 *
 * @throws ConfigurationError for a value that is not valid
 */
export function readRequestLimits(env: Environment): FrontDoorLimits {
  const limits = {
    maxBodyBytes: readInteger(env, VARIABLES.maxBodyBytes, 1),
    maxDepth: readInteger(env, VARIABLES.maxBodyDepth, 1),
    maxValues: readInteger(env, VARIABLES.maxBodyValues, 1),
    maxIdLength: readInteger(env, VARIABLES.maxIdLength, 1),
  };
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

function readInteger(env: Environment, name: string, min: number, unit = ''): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < min)
    throw new ConfigurationError(
      `The environment variable ${name} must be an integer of at least ${min}${unit}, not ${JSON.stringify(text)}.`,
    );
  return value;
}

/**
 * Where an AWS client sends its requests. An emulator shares a machine with everything else, so its requests may take
 * EMULATOR_TIMEOUT_MS each if that is set.
 *
 * @param endpoint absent: AWS itself
 * @throws ConfigurationError for a value that is not valid
 */
export function readClientOptions(env: Environment, endpoint: string | undefined): ClientOptions {
  if (!endpoint) return {};
  const requestTimeoutMs = readInteger(env, LAMBDA_VARIABLES.emulatorTimeoutMs, 1, ' (ms)');
  return { endpoint, ...(requestTimeoutMs !== undefined && { requestTimeoutMs }) };
}
