/** Requests with tokens, as the gateway would deliver them. */
import { createBearerGuard } from '../../lambda/auth/bearer.ts';
import type { KeyCacheOptions } from '../../lambda/auth/keys.ts';
import { readAuthSettings } from '../../lambda/functions/auth-environment.ts';
import { readHttpEvent } from '../../lambda/http/index.ts';
import type { Refusal } from '../../lambda/mcp/failure.ts';
import { buildApiEvent } from './requests.ts';

/** The URL that the requests of these tests dial. */
export const RESOURCE_URL = 'https://example.com/mcp';

export const buildAuthorizedRequest = (authorization?: string, path = '/mcp', method = 'POST') =>
  readHttpEvent(buildApiEvent({ path, method, headers: { authorization } }));

export interface TestGuardOptions {
  readonly now?: () => number;
  readonly keyTimes?: KeyCacheOptions;
}

/** The guard that the function's environment describes. */
export function createTestGuard(
  environment: Record<string, string>,
  { now = Date.now, keyTimes = {} }: TestGuardOptions = {},
) {
  const settings = readAuthSettings({ AUTH: 'jwt', ...environment });
  if (settings.kind !== 'token') throw new Error('AUTH must be jwt or cognito.');
  return createBearerGuard({ settings: settings.token, path: '/mcp', name: 'Guarded', now, keyTimes });
}

/** The refusal of a request. @throws Error when it is not refused */
export async function catchRefusal(identifying: Promise<unknown>): Promise<Refusal> {
  const identity = await identifying.catch((error: unknown) => ({ error }));
  if (typeof identity === 'object' && identity && 'error' in identity) return identity.error as Refusal;
  throw new Error('The request was not refused.');
}
