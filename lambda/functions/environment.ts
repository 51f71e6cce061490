/** Reading the functions' environment: once, at the first line, with messages that say what to do. */
import { ENGINE_DEFAULTS, type EngineSettings } from '../engine/settings.ts';
import { ConfigurationError } from '../tool/errors.ts';
import type { Environment } from '../variables.ts';

function readMilliseconds(env: Environment, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0)
    throw new ConfigurationError(
      `The environment variable ${name} must be a positive whole number (ms), not ${JSON.stringify(text)}.`,
    );
  return value;
}

function readCount(env: Environment, name: string, fallback: number, least: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new ConfigurationError(
      `The environment variable ${name} must be a whole number from ${least}, not ${JSON.stringify(text)}.`,
    );
  return value;
}

/** The engine's settings, as an operator set them. @throws ConfigurationError */
export function readEngineSettings(env: Environment): EngineSettings {
  const leaseMs = readMilliseconds(env, 'LEASE_MS', ENGINE_DEFAULTS.leaseMs);
  const heartbeatMs = readMilliseconds(env, 'HEARTBEAT_MS', ENGINE_DEFAULTS.heartbeatMs);
  if (heartbeatMs * 3 > leaseMs)
    throw new ConfigurationError(
      `HEARTBEAT_MS (${heartbeatMs}) must be at most a third of LEASE_MS (${leaseMs}): a lease has to outlive two lost heartbeats.`,
    );
  const ownerShards = readCount(env, 'OWNER_SHARDS', ENGINE_DEFAULTS.ownerShards, 1);
  const maxOpenTasks = readCount(env, 'MAX_OPEN_TASKS', ENGINE_DEFAULTS.maxOpenTasks, 0);
  const maxInputBytes = readCount(env, 'MAX_INPUT_BYTES', ENGINE_DEFAULTS.maxInputBytes, 1);
  return { ...ENGINE_DEFAULTS, leaseMs, heartbeatMs, ownerShards, maxOpenTasks, maxInputBytes };
}

/** What one request may bring, as an operator set it; what is not set has its default where it applies. @throws ConfigurationError */
export function readRequestLimits(env: Environment) {
  const limit = (name: string, option: string) =>
    env[name] ? { [option]: readCount(env, name, 0, 1) } : ({} as Record<string, number>);
  return {
    ...limit('MAX_BODY_BYTES', 'maxBodyBytes'),
    ...limit('MAX_BODY_DEPTH', 'maxDepth'),
    ...limit('MAX_BODY_VALUES', 'maxValues'),
    ...limit('MAX_ID_LENGTH', 'maxIdLength'),
  };
}
