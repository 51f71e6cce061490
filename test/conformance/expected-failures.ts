/**
 * Scenarios that fail, each with the reason. They are run, and printed with their failed checks, all the same;
 * a scenario that is listed here and passes is an error, too.
 */
import type { Revision } from './suite.ts';

export interface ExpectedFailure {
  readonly scenario: string;
  readonly revision: Revision;
  readonly reason: string;
}

export const EXPECTED_FAILURES: readonly ExpectedFailure[] = [];
