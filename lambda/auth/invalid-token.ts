/** A token that is not taken. The message tells why, for whoever sent it, and repeats nothing of it. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
}
