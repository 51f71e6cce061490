import { TaskError } from '../errors/task-error.ts';

/** A token that is not accepted. The message says why, for the client that sent it, and quotes nothing of it. */
export class InvalidToken extends TaskError {
  override readonly name = 'InvalidToken';
  override readonly errorCode = 'INVALID_TOKEN';
}
