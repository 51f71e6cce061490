import { TaskError } from '../errors/task-error.ts';

/** A row refers to a payload that the payload store does not have. */
export class PayloadMissing extends TaskError {
  override readonly name = 'PayloadMissing';
  override readonly errorCode = 'PAYLOAD_MISSING';
  /** Key of the payload. */
  readonly key: string;
  constructor(key: string, options?: ErrorOptions) {
    super(`The payload store has no payload ${key}: it was deleted, or the row came from another store.`, options);
    this.key = key;
  }
}
