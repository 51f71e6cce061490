/** How recorded steps and questions are named and stored, so that a later run finds them. */
import { TaskError } from '../errors/task-error.ts';
import type { Questions } from '../tasks/record.ts';
import { ProtocolError } from './errors.ts';

/** What earlier runs recorded: journal entries (JSON by id), and questions with the answers that came. */
export interface RunHistory {
  readonly journal: Readonly<Record<string, string>>;
  readonly questions: Questions;
}

/** The history of a first run. */
export const EMPTY_HISTORY: RunHistory = { journal: {}, questions: {} };

/** A name and its occurrence, from 1. Recorded entries are matched by these, not by order: `Promise.all` has none. */
export interface Occurrence {
  readonly name: string;
  readonly n: number;
}

/** Id of the journal entry with which a step ends. */
export const toStepId = ({ name, n }: Occurrence): string => `step:${name}#${n}`;
/** Id of the journal entry of a failed attempt that is retried. */
export const toAttemptId = ({ name, n }: Occurrence, attempt: number): string => `try:${name}#${n}.${attempt}`;

/** Key of a wait: the plain name at first, so that clients see `columns`. Names contain no `#`. */
export const toWaitKey = ({ name, n }: Occurrence, attempt = 1): string =>
  attempt > 1 ? `${name}#${n}.${attempt}` : n > 1 ? `${name}#${n}` : name;

/** Longest name of a step or question (characters). */
const MAX_NAME_LENGTH = 128;

/** Why a name cannot be one. Names go into keys of rows and messages: no `#`, no control characters. */
export function findNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string' || name.length === 0) return 'its name must be a non-empty string';
  if (name.length > MAX_NAME_LENGTH)
    return `its name ${JSON.stringify(name.slice(0, 32))}… must have at most ${MAX_NAME_LENGTH} characters`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are refused
  if (/[#\u0000-\u001f\u007f]/.test(name))
    return `its name ${JSON.stringify(name)} must not contain "#" or a control character`;
  return undefined;
}

/** How a step ended, as it is recorded. */
export type StepRecord = { readonly v?: unknown } | { readonly e: RecordedError };

/** A failed attempt, with when the next one is due (ms since the epoch). */
export interface AttemptRecord {
  readonly e: RecordedError;
  readonly due: number;
}

interface RecordedError {
  readonly name: string;
  readonly message: string;
  /** Present for a `ProtocolError`. */
  readonly code?: number;
  readonly data?: unknown;
}

/**
 * Thrown by a failed step, on the first run as on every later one, with the name and message of the original error. So
 * match `name`: the class of the original does not survive. `task.waitFor` throws it when the outside system failed.
 *
 * @example
 * ```ts
 * try {
 *   await task.step('read', () => JSON.parse('{') as { rows: number });
 * } catch (error) {
 *   if (error instanceof StepError && error.name === 'SyntaxError') return toolError('The file is not JSON.');
 *   throw error;
 * }
 * ```
 */
export class StepError extends TaskError {
  override readonly errorCode = 'STEP_FAILED';
  constructor(recorded: { readonly name: string; readonly message: string }) {
    super(recorded.message);
    this.name = recorded.name;
  }
}

/** Name and message of anything thrown; a `ProtocolError` keeps its code and data. */
export function toRecordedError(error: unknown): RecordedError {
  if (error instanceof ProtocolError) return { name: error.name, ...error.toRpcError() };
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
}

/** What a replay throws for a recorded error. */
export function reviveError(recorded: RecordedError): Error {
  if (recorded.code === undefined) return new StepError(recorded);
  return new ProtocolError(recorded.code, recorded.message, recorded.data);
}
