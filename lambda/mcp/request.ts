/** One HTTP request as the front door sees it. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly url: string;
  /** Values by lower-cased name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Text, or bytes in Base64. */
  readonly body: string;
  readonly isBase64: boolean;
  /** Until when the answer may go on, piece by piece (ms since the epoch). Absent: it is buffered whole. */
  readonly streamsUntil?: number;
  /** Who signed the request, as the gateway's IAM authorizer says; absent where there is none. */
  readonly iam?: IamContext;
}

/** What an HTTP API's IAM authorizer puts into the event (`requestContext.authorizer.iam`), as far as it is used. */
export interface IamContext {
  readonly accountId: string;
  /** `AROA…:session` for a role, `AIDA…` for a user, the account for its root, `account:name` for a federated user. */
  readonly userId: string;
  /** Set when the credentials came from a Cognito identity pool, where everybody shares one role. */
  readonly cognitoIdentity?: { readonly identityId?: string } | null;
}
