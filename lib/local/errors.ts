/** What goes wrong on one machine. */

/** The stack cannot start, for a reason that the person who started it can mend; the message is one line that says how. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/**
 * An invocation ended without an answer. `threw`: the handler did; `crashed`: its process ended; `timedOut`: it ran
 * longer than the function's time-out and its process was killed.
 */
export class InvocationFailed extends Error {
  override readonly name = 'InvocationFailed';
  readonly how: 'threw' | 'crashed' | 'timedOut';

  constructor(how: InvocationFailed['how'], message: string) {
    super(message);
    this.how = how;
  }
}

/** The process ended before its handler was called: the invocation may be given to another one. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
}
