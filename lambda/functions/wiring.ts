/** Wires what the functions share to what their environment names: table, queue, payloads, secret and log. */
import type { EnginePorts, WakeUpQueue } from '../engine/ports.ts';
import { systemClock, systemIds } from '../engine/system.ts';
import { createPayloadStore } from '../payloads/index.ts';
import type { PayloadStore } from '../payloads/store.ts';
import { createSecretsManagerSource, type SecretSource } from '../seal/index.ts';
import { ConfigurationError } from '../tool/errors.ts';
import { type Environment, requireVariable, VARIABLES } from '../variables.ts';
import { readEngineSettings } from './environment.ts';
import { wireLog, wireStore } from './store-wiring.ts';

/** @throws ConfigurationError when a variable is missing, or a setting is not valid */
export function wireEnginePorts(env: Environment, queue: WakeUpQueue): Required<EnginePorts> {
  return {
    store: wireStore(env),
    queue,
    payloads: wirePayloads(env),
    clock: systemClock,
    ids: systemIds,
    log: wireLog(env),
    settings: readEngineSettings(env),
  };
}

/**
 * The queue for a function that seldom sends: its client is loaded with the first message.
 *
 * @throws ConfigurationError when QUEUE_URL is missing
 */
export function wireLazyQueue(env: Environment): WakeUpQueue {
  requireVariable(env, VARIABLES.queueUrl);
  let loading: Promise<WakeUpQueue> | undefined;
  const load = async (): Promise<WakeUpQueue> => (await import('./queue-wiring.ts')).wireQueue(env).queue;
  return {
    send: async (wakeUp, options) => {
      loading ??= load();
      return (await loading).send(wakeUp, options);
    },
  };
}

/**
 * A bucket, or on one machine a folder. The bucket wins when both are named.
 *
 * @throws ConfigurationError when neither is
 */
function wirePayloads(env: Environment): PayloadStore {
  const { [VARIABLES.payloadBucket]: bucket, [VARIABLES.payloadFolder]: folder } = env;
  if (bucket) return createPayloadStore({ bucket });
  if (folder) return createPayloadStore({ folder });
  throw new ConfigurationError(
    `Neither ${VARIABLES.payloadBucket} nor ${VARIABLES.payloadFolder} is set. Set ${VARIABLES.payloadBucket} to the name of the S3 bucket.`,
  );
}

/**
 * The secret behind sealed state: the variable's own text on one machine, in Secrets Manager otherwise.
 *
 * @throws ConfigurationError when neither is named
 */
export function wireSecrets(env: Environment): SecretSource {
  const secret = env[VARIABLES.sealingSecret];
  return secret
    ? async () => [secret]
    : createSecretsManagerSource(requireVariable(env, VARIABLES.sealingSecretArn), systemClock.now);
}
