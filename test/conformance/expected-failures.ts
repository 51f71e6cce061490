/**
 * Scenarios that fail, each with the reason. They are run, and printed with their failed checks, all the same;
 * a scenario that is listed here and passes is an error, too.
 */
import type { Revision } from './referee.ts';

export interface ExpectedFailure {
  readonly scenario: string;
  readonly revision: Revision;
  readonly reason: string;
}

const NO_STREAM_YET = 'questions of 2025-11-25 reach the client on a stream, which this dialect does not open yet';

export const EXPECTED_FAILURES: readonly ExpectedFailure[] = [
  { scenario: 'tools-call-sampling', revision: '2025-11-25', reason: NO_STREAM_YET },
  { scenario: 'tools-call-elicitation', revision: '2025-11-25', reason: NO_STREAM_YET },
  { scenario: 'elicitation-sep1034-defaults', revision: '2025-11-25', reason: NO_STREAM_YET },
  { scenario: 'elicitation-sep1330-enums', revision: '2025-11-25', reason: NO_STREAM_YET },
];
