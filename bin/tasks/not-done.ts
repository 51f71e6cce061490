/** What was asked for was not done; the message says why, and what to do. */
export class NotDone extends Error {
  override readonly name = 'NotDone';
}
