/** The sealing secret in Secrets Manager: fetched on first use, and never by a poll. */
import { buildClientConfig, SHORT_ATTEMPT_MS } from '../aws/client-config.ts';
import { Unavailable } from '../engine/errors.ts';
import type { SecretSource } from './sealer.ts';

/** Unknown key ids cause at most one fetch in this time (ms): forgeries must not drive requests. */
const MIN_REFRESH_INTERVAL_MS = 60_000;

/**
 * The current and the previous version of a secret. The client is loaded with the first fetch.
 *
 * @param arn the secret's ARN or name; its value is the secret itself, a long random string
 * @param now ms since the epoch
 * @throws Unavailable (from what is returned) when the secret cannot be fetched
 */
export function createSecretsManagerSource(arn: string, now: () => number): SecretSource {
  let cached: { readonly secrets: readonly string[]; readonly at: number } | undefined;
  return async (options) => {
    if (cached && (!options?.fresh || now() - cached.at < MIN_REFRESH_INTERVAL_MS)) return cached.secrets;
    try {
      cached = { secrets: await fetchVersions(arn), at: now() };
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new Unavailable(`The sealing secret could not be fetched: ${reason}`, { cause: error });
    }
    return cached.secrets;
  };
}

async function fetchVersions(arn: string): Promise<readonly string[]> {
  const { SecretsManagerClient, GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(buildClientConfig({}, SHORT_ATTEMPT_MS));
  const fetch = async (VersionStage: string): Promise<string | undefined> =>
    (await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage }))).SecretString;
  try {
    const [current, previous] = await Promise.all([
      fetch('AWSCURRENT'),
      fetch('AWSPREVIOUS').catch((error: Error) => {
        // Before its first rotation a secret has no previous version.
        if (error.name === 'ResourceNotFoundException') return undefined;
        throw error;
      }),
    ]);
    if (!current) throw new Error(`${arn} is empty: set it to a long random string.`);
    return previous ? [current, previous] : [current];
  } finally {
    client.destroy();
  }
}
