/** Authentication: one guard for each of the construct's `auth` choices. */
import { anonymousGuard } from './anonymous.ts';
import { createBearerGuard } from './bearer.ts';
import type { Guard } from './guard.ts';
import { iamGuard } from './iam.ts';
import type { AuthSettings } from './settings.ts';

export { anonymousGuard } from './anonymous.ts';
export type { Guard, Identity } from './guard.ts';
export type { AuthSettings } from './settings.ts';

export interface GuardOptions {
  /** Path of the MCP endpoint. */
  readonly path: string;
  /** The server's name in its metadata. */
  readonly name: string;
  now(): number;
}

/** The guard that the settings describe. */
export function createGuard(settings: AuthSettings, options: GuardOptions): Guard {
  switch (settings.kind) {
    case 'none':
      return anonymousGuard;
    case 'iam':
      return iamGuard;
    case 'token':
      return createBearerGuard({ ...options, settings: settings.token });
  }
}
