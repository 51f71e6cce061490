/** Memory, time-out and concurrency of the functions: props, defaults and checks. */
import { Duration } from 'aws-cdk-lib/core';
import { findRangeProblems } from './problems.ts';

/** How large the functions are, how long they may run, and how many workers run at the same time. */
export interface FunctionsProps {
  /**
   * Memory of the API function (MiB). Lambda gives CPU in proportion, so less is slower to start.
   *
   * @default 512
   */
  readonly apiMemory?: number;

  /**
   * Memory of the worker function (MiB), in which the tools run. 1,769 is one whole CPU.
   *
   * @default 1024
   */
  readonly workerMemory?: number;

  /**
   * How long one run of a tool may take. It does not bound a task, which continues in another run after its next
   * step, question or sleep. It is also the queue's visibility time-out, so a worker that dies before its first
   * line is replaced no sooner. At most 15 minutes, and at least a lease and a half.
   *
   * @default Duration.minutes(15)
   */
  readonly workerTimeout?: Duration;

  /**
   * How many workers run at the same time. It is the event source's limit, not reserved concurrency: the rest of
   * the account keeps its pool, and messages over the limit wait in the queue without being received.
   * 2 to 1,000, as SQS event sources demand.
   *
   * @default 50
   */
  readonly maxWorkers?: number;
}

export const FUNCTIONS_DEFAULTS = {
  apiMemory: 512,
  workerMemory: 1024,
  workerTimeout: Duration.minutes(15),
  maxWorkers: 50,
} satisfies FunctionsProps;

/** The longest that Lambda lets a function run. */
export const MAX_FUNCTION_TIMEOUT = Duration.minutes(15);

/** Time-out of the dead-letter function: a few requests for each message of a batch. Not configurable. */
export const DEAD_LETTER_TIMEOUT = Duration.seconds(60);

/** The bounds of Lambda and of SQS event sources. */
const FUNCTION_BOUNDS = { maxWorkers: [2, 1_000], apiMemory: [128, 10_240], workerMemory: [128, 10_240] } as const;

export function* findFunctionsProblems(settings: Required<FunctionsProps>): Iterable<string> {
  const timeoutMs = settings.workerTimeout.toMilliseconds();
  const maxMs = MAX_FUNCTION_TIMEOUT.toMilliseconds();
  if (timeoutMs > maxMs) yield `workerTimeout is ${timeoutMs / 1000} s: Lambda allows at most ${maxMs / 1000} s.`;
  yield* findRangeProblems(settings, FUNCTION_BOUNDS);
}
