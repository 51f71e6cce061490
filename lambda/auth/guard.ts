/** What every way of authenticating callers has in common. */
import type { Caller } from '../engine/model.ts';
import type { Refusal } from '../mcp/failure.ts';
import type { HttpRequest } from '../mcp/request.ts';
import type { Reply } from '../mcp/rpc.ts';

/** What is known of a caller. It cannot be used to act as that caller: the token goes no further than the guard. */
export interface Identity {
  readonly caller: Caller;
  /** The scopes granted to the client; absent where none can be granted (IAM, an anonymous server). */
  readonly scopes?: readonly string[];
}

export interface Guard {
  /** Headers (lower case) that prove who calls. They are for the guard alone: nothing behind it sees them. */
  readonly secretHeaders: readonly string[];
  /** @throws Refusal 401 or 403, with what the client has to do about it. @throws Unavailable without the issuer's keys */
  identify(request: HttpRequest): Promise<Identity>;
  /** The refusal for a caller that lacks some of these scopes. */
  refuseScopes(request: HttpRequest, scopes: readonly string[]): Refusal;
  /** The document at a well-known path; `undefined` for any other request. */
  serveWellKnown?(request: HttpRequest): Reply | undefined;
}
