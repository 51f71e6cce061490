/** Reads who may call from the functions' environment, once, as a function starts. */
import { ALGORITHMS, type AuthSettings, isTrustworthy, type TokenSettings } from '../auth/settings.ts';
import { ConfigurationError } from '../tool/errors.ts';
import { type Environment, requireVariable, VARIABLES } from '../variables.ts';

const DEFAULT_CLOCK_SKEW_SECONDS = 30;

/**
 * @throws ConfigurationError when AUTH is missing or unknown (there is no default to fall back to), or when what
 *   belongs to it is not valid
 */
export function readAuthSettings(env: Environment): AuthSettings {
  const kind = requireVariable(env, VARIABLES.auth);
  switch (kind) {
    case 'none':
    case 'iam':
      return { kind };
    case 'jwt':
    case 'cognito':
      return { kind: 'token', token: readTokenSettings(env, kind === 'cognito') };
  }
  throw new ConfigurationError(
    `The environment variable ${VARIABLES.auth} must be jwt, cognito, iam or none, not ${JSON.stringify(kind)}.`,
  );
}

function readTokenSettings(env: Environment, cognito: boolean): TokenSettings {
  const issuer = requireVariable(env, VARIABLES.authIssuer);
  checkUrl(VARIABLES.authIssuer, issuer);
  const jwksUri = env[VARIABLES.authJwksUri];
  if (jwksUri) checkUrl(VARIABLES.authJwksUri, jwksUri);
  const resource = env[VARIABLES.authResource];
  const audiences = splitList(env[VARIABLES.authAudiences]);
  const clients = splitList(env[VARIABLES.authClients]);
  return {
    issuer,
    ...(jwksUri && { jwksUri }),
    ...(audiences.length > 0 && { audiences }),
    scopes: splitList(env[VARIABLES.authScopes]),
    ...(clients.length > 0 && { clients }),
    algorithms: readAlgorithms(env[VARIABLES.authAlgorithms]),
    clockSkewSeconds: readClockSkew(env[VARIABLES.authClockSkewSeconds]),
    ...(resource && { resource }),
    cognito,
  };
}

/** Splits at spaces: scopes, URLs and client ids have none. */
function splitList(text = ''): string[] {
  return text.split(' ').filter(Boolean);
}

function readAlgorithms(text: string | undefined): readonly string[] {
  const names = splitList(text);
  const unknown = names.find((name) => !(ALGORITHMS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new ConfigurationError(
      `Each of ${VARIABLES.authAlgorithms} must be one of ${ALGORITHMS.join(', ')}, not ${JSON.stringify(unknown)}.`,
    );
  return names.length > 0 ? names : ALGORITHMS;
}

function readClockSkew(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_CLOCK_SKEW_SECONDS;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new ConfigurationError(
    `${VARIABLES.authClockSkewSeconds} must be a whole number of seconds, not ${JSON.stringify(text)}.`,
  );
}

function checkUrl(name: string, text: string): void {
  const url = URL.parse(text);
  if (!url || !isTrustworthy(url))
    throw new ConfigurationError(
      `${name} must be an https URL (http is allowed only on this machine), not ${JSON.stringify(text)}.`,
    );
}
