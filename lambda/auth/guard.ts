import type { Caller } from '../engine/model.ts';
import type { Refusal } from '../mcp/failure.ts';
import type { HttpRequest } from '../mcp/request.ts';
import type { Reply } from '../mcp/rpc.ts';

/** What is known of a caller. Nothing in it can be used to call as them: the token itself goes no further than the guard. */
export interface Identity {
  readonly caller: Caller;
  /** The scopes that were granted to the client; absent where there are none to grant (IAM, an anonymous server). */
  readonly scopes?: readonly string[];
}

export interface Guard {
  /** Headers (lower case) that prove who calls, and so are for the guard alone: nothing behind it sees them. */
  readonly secretHeaders: readonly string[];
  /** @throws Refusal 401 or 403, with what the client has to do about it. @throws Unavailable without the issuer's keys */
  identify(request: HttpRequest): Promise<Identity>;
  /** What a caller is told who would need these scopes as well. */
  refuseScopes(request: HttpRequest, scopes: readonly string[]): Refusal;
  /** The document at a well-known path; `undefined` for a request of anything else. */
  serveWellKnown?(request: HttpRequest): Reply | undefined;
}
