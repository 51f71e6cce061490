/** SigV4: the gateway has checked the signature and says whose it is. */

import { CODE, Refusal } from '../mcp/failure.ts';
import type { IamContext } from '../mcp/request.ts';
import { anonymousGuard } from './anonymous.ts';
import type { Guard } from './guard.ts';
import { toPrincipalOwner } from './owner.ts';

/**
 * The role's unique id, not the session's name: whoever assumes the role chooses the name, and a new session of the
 * same service has another. A role that was deleted and made again is another owner.
 */
function toPrincipalId({ accountId, userId }: IamContext): string {
  const [unique = ''] = userId.split(':', 1);
  // A federated user has no unique id before the colon, only the account.
  return unique === accountId ? userId : unique;
}

export const iamGuard: Guard = {
  secretHeaders: ['authorization', 'x-amz-security-token'],
  identify: async ({ iam: context }) => {
    // The gateway refuses what is not signed: without its word the route has lost its authorizer.
    if (!context?.userId) throw new Refusal(403, CODE.transport, 'The request is not signed (AWS SigV4).');
    const owner = toPrincipalOwner(
      context.accountId,
      toPrincipalId(context),
      context.cognitoIdentity?.identityId ?? '',
    );
    return { caller: { owner } };
  },
  refuseScopes: anonymousGuard.refuseScopes,
};
