/** What goes wrong on one machine. */

/** The stack cannot start, for a reason that the person who started it can mend; the message is one line that says how. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** An error in the shape that Lambda gives it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/**
 * An invocation ended without an answer. `threw`: the handler did; `crashed`: its process ended; `timedOut`: it ran
 * longer than the function's time-out and its process was killed.
 */
export class InvocationFailed extends Error {
  override readonly name = 'InvocationFailed';
  readonly how: 'threw' | 'crashed' | 'timedOut';
  /** What the handler threw, as Lambda tells it to whoever invoked. */
  readonly thrown: FunctionError | undefined;

  constructor(how: InvocationFailed['how'], message: string, thrown?: FunctionError) {
    super(message);
    this.how = how;
    this.thrown = thrown;
  }
}

/** The process ended before its handler was called: the invocation may be given to another one. */
export class InvocationNotStarted extends Error {
  override readonly name = 'NotTaken';
}
