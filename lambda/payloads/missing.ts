/** A row refers to a payload that the payload store does not have. */
export class PayloadMissing extends Error {
  override readonly name = 'PayloadMissing';
  readonly key: string;
  constructor(key: string, options?: ErrorOptions) {
    super(`The payload store has nothing under ${key}: it was deleted, or the row came from elsewhere.`, options);
    this.key = key;
  }
}
