/** The guard without identities: anyone who knows a task's id may read and cancel that task, and nothing is listed. */
import { CODE, Refusal } from '../mcp/failure.ts';
import type { Guard } from './guard.ts';

export const anonymousGuard: Guard = {
  secretHeaders: [],
  identify: async () => ({ caller: {} }),
  refuseScopes: () =>
    new Refusal(403, CODE.transport, 'This tool requires scopes, and callers of this server never have any.'),
};
