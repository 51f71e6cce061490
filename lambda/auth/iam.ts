/** The guard for AWS principals (SigV4): the gateway has checked the signature and names the principal. */
import { CODE, Refusal } from '../mcp/failure.ts';
import type { IamContext } from '../mcp/request.ts';
import { anonymousGuard } from './anonymous.ts';
import type { Guard } from './guard.ts';
import { toPrincipalOwner } from './owner.ts';

/**
 * The role's unique id, not the session's name: the caller that assumes the role chooses the name, and each session of
 * the same service has another one. A role that was deleted and created again is another owner.
 */
function toPrincipalId({ accountId, userId }: IamContext): string {
  const [uniqueId = ''] = userId.split(':', 1);
  // A federated user has no unique id before the colon, only the account.
  return uniqueId === accountId ? userId : uniqueId;
}

export const iamGuard: Guard = {
  secretHeaders: ['authorization', 'x-amz-security-token'],
  identify: async ({ iam: context }) => {
    // The gateway refuses unsigned requests: if it names no principal, the route has lost its authorizer.
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
