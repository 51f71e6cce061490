import { TaskError } from '../errors/task-error.ts';

/** A token that is not taken. The message tells why, for whoever sent it, and repeats nothing of it. */
export class InvalidToken extends TaskError {
  override readonly name = 'InvalidToken';
  override readonly errorCode = 'INVALID_TOKEN';
}
