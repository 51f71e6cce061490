/**
 * Scenarios that are expected to fail, each with the reason. They run, and their failed checks are printed; a listed
 * scenario that passes is an error too.
 */
import type { Revision } from './suite.ts';

export interface ExpectedFailure {
  readonly scenario: string;
  readonly revision: Revision;
  readonly reason: string;
}

export const EXPECTED_FAILURES: readonly ExpectedFailure[] = [];
