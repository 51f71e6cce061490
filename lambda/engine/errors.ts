/** Domain errors: thrown inside, translated to JSON-RPC once, at the edge. They carry what a caller needs to know. */
import { TaskError } from '../errors/task-error.ts';

/** No such task for this caller: unknown, foreign and expired ids alike. */
export class TaskNotFound extends TaskError {
  override readonly name = 'TaskNotFound';
  override readonly errorCode = 'TASK_NOT_FOUND';
  constructor() {
    super('Task not found');
  }
}

/** The owner has as many open tasks as the server allows. */
export class QuotaExceeded extends TaskError {
  override readonly name = 'QuotaExceeded';
  override readonly errorCode = 'QUOTA_EXCEEDED';
  /** Open tasks that one owner may have. */
  readonly limit: number;
  constructor(limit: number) {
    super(`Too many open tasks: this server allows ${limit} per caller. Wait for one to end, or cancel one.`);
    this.limit = limit;
  }
}

/** The idempotency key was used before, with another tool or other arguments. */
export class IdempotencyConflict extends TaskError {
  override readonly name = 'IdempotencyConflict';
  override readonly errorCode = 'IDEMPOTENCY_CONFLICT';
  constructor() {
    super('This idempotency key was used before, with another tool or other arguments.');
  }
}

/** An answer to a question is larger than the server accepts. */
export class AnswerTooLarge extends TaskError {
  override readonly name = 'AnswerTooLarge';
  override readonly errorCode = 'ANSWER_TOO_LARGE';
  /** Bytes of JSON. */
  readonly limit: number;
  constructor(bytes: number, limit: number) {
    super(`The answer to a question has ${bytes} bytes of JSON; this server accepts at most ${limit}.`);
    this.limit = limit;
  }
}

/** An anonymous server cannot distinguish callers, so it cannot honour their idempotency keys. */
export class IdempotencyUnsupported extends TaskError {
  override readonly name = 'IdempotencyUnsupported';
  override readonly errorCode = 'IDEMPOTENCY_UNSUPPORTED';
  constructor() {
    super('Idempotency keys need an authenticated caller: this server does not distinguish callers.');
  }
}

/** The store or the queue did not answer in time. Whether the write happened is unknown; its mark will show. */
export class Unavailable extends TaskError {
  override readonly name = 'Unavailable';
  override readonly errorCode = 'UNAVAILABLE';
}
