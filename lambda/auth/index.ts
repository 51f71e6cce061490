/** Who calls: one guard for each of the construct's `auth` choices. */
import { anonymous } from './anonymous.ts';
import { createBearerGuard } from './bearer.ts';
import type { Guard } from './guard.ts';
import { iam } from './iam.ts';
import type { AuthSettings } from './settings.ts';

export { anonymous } from './anonymous.ts';
export type { Guard, Identity } from './guard.ts';
export { type AuthSettings, authSettings } from './settings.ts';

export interface GuardParts {
  /** Path of the MCP endpoint. */
  readonly path: string;
  /** What the server is called in its metadata. */
  readonly name: string;
  now(): number;
}

export function createGuard(settings: AuthSettings, parts: GuardParts): Guard {
  switch (settings.kind) {
    case 'none':
      return anonymous;
    case 'iam':
      return iam;
    case 'token':
      return createBearerGuard({ ...parts, settings: settings.token });
  }
}
