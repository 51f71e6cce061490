/** Errors of the stack on one machine. */

/** The stack cannot start, for a reason that the person who started it can fix; the message says in one line how. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** An error as Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/**
 * An invocation ended without a result. `threw`: the handler threw; `crashed`: its process ended; `timedOut`: it ran
 * longer than the function's time-out and its process was killed.
 */
export class InvocationFailed extends Error {
  override readonly name = 'InvocationFailed';
  readonly how: 'threw' | 'crashed' | 'timedOut';
  /** What the handler threw, as Lambda reports it to the caller. */
  readonly thrown: FunctionError | undefined;

  constructor(how: InvocationFailed['how'], message: string, thrown?: FunctionError) {
    super(message);
    this.how = how;
    this.thrown = thrown;
  }
}

/** The process ended before its handler was called: another process may take the invocation. */
export class InvocationNotStarted extends Error {
  override readonly name = 'InvocationNotStarted';
}
