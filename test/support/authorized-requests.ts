/** Requests with tokens, as the gateway would deliver them. */
import { createBearerGuard } from '../../lambda/auth/bearer.ts';
import type { KeyTimes } from '../../lambda/auth/keys.ts';
import { authSettings } from '../../lambda/auth/settings.ts';
import { requestOf } from '../../lambda/http/index.ts';
import type { Refusal } from '../../lambda/mcp/failure.ts';
import { eventOf } from './requests.ts';

/** The URL that the requests of these tests dial. */
export const RESOURCE = 'https://example.com/mcp';

export const requestWith = (authorization?: string, path = '/mcp', method = 'POST') =>
  requestOf(eventOf({ path, method, headers: { authorization } }));

export interface GuardOptions {
  readonly now?: () => number;
  readonly keyTimes?: KeyTimes;
}

/** The guard that the function's environment describes. */
export function guardOf(environment: Record<string, string>, { now = Date.now, keyTimes = {} }: GuardOptions = {}) {
  const settings = authSettings({ AUTH: 'jwt', ...environment });
  if (settings.kind !== 'token') throw new Error('Not a guard that takes tokens.');
  return createBearerGuard({ settings: settings.token, path: '/mcp', name: 'Guarded', now, keyTimes });
}

/** What a request is refused with. @throws Error when it is not */
export async function refusalOf(identifying: Promise<unknown>): Promise<Refusal> {
  const identity = await identifying.catch((error: unknown) => ({ error }));
  if (typeof identity === 'object' && identity && 'error' in identity) return identity.error as Refusal;
  throw new Error('The request was not refused.');
}
