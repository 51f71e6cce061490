/** One HTTP request as the front door sees it. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly url: string;
  /** Values by lower-cased name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Text, or bytes in Base64 (`isBase64`). */
  readonly body: string;
  readonly isBase64: boolean;
  /** Until when the reply may be streamed (ms since the epoch). Absent: it is buffered. */
  readonly streamsUntil?: number;
  /** The signer of the request, according to the gateway's IAM authorizer; absent where it has none. */
  readonly iam?: IamContext;
}

/** The members we use of what an HTTP API's IAM authorizer puts into the event (`requestContext.authorizer.iam`). */
export interface IamContext {
  readonly accountId: string;
  /** `AROA…:session` for a role, `AIDA…` for a user, the account for its root, `account:name` for a federated user. */
  readonly userId: string;
  /** Set when the credentials came from a Cognito identity pool, where all users share one role. */
  readonly cognitoIdentity?: { readonly identityId?: string } | null;
}
