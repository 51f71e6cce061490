/** Domain errors: thrown inside, translated to JSON-RPC once, at the edge. They carry what a caller needs to know. */

/** No such task for this caller: unknown, foreign and expired ids alike. */
export class TaskNotFound extends Error {
  override readonly name = 'TaskNotFound';
  constructor() {
    super('Task not found');
  }
}

/** The owner has as many open tasks as the server allows. */
export class QuotaExceeded extends Error {
  override readonly name = 'QuotaExceeded';
  readonly limit: number;
  constructor(limit: number) {
    super(`Too many open tasks: this server allows ${limit} per caller. Wait for one to end, or cancel one.`);
    this.limit = limit;
  }
}

/** The idempotency key was used before with another tool or other arguments. */
export class IdempotencyConflict extends Error {
  override readonly name = 'IdempotencyConflict';
  constructor() {
    super('This idempotency key was used before with another tool or other arguments.');
  }
}

/** An answer to a question is larger than the server accepts. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
  /** Bytes of JSON. */
  readonly limit: number;
  constructor(bytes: number, limit: number) {
    super(`The answer to a question has ${bytes} bytes of JSON; this server accepts at most ${limit}.`);
    this.limit = limit;
  }
}

/** An anonymous server cannot distinguish callers, so it cannot honour their idempotency keys. */
export class IdempotencyUnsupported extends Error {
  override readonly name = 'IdempotencyUnsupported';
  constructor() {
    super('Idempotency keys need an authenticated caller: this server does not distinguish callers.');
  }
}

/** The store or the queue did not answer in time. Whether the write happened is unknown; its mark will show. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
