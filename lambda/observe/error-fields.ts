/** What a log line may contain of an error: never text that may come from a client or a tool. */
import { Unavailable } from '../engine/errors.ts';
import { PayloadMissing } from '../payloads/missing.ts';
import { UnknownRowFormat } from '../tasks/stored.ts';
import { ConfigurationError } from '../tool/errors.ts';

/** Our own errors, whose messages contain only names and figures. */
const OWN_ERRORS = [ConfigurationError, Unavailable, UnknownRowFormat, PayloadMissing];

/** Stack frames in a line. */
const MAX_STACK_FRAMES = 8;

/** Length of a message in a line (characters). */
const MAX_MESSAGE_LENGTH = 500;

export interface ErrorFields {
  /** Its name, or the type of a thrown value that is not an error. */
  readonly error: string;
  /** Only from a known author: this project, AWS, Node or the operating system. */
  readonly message?: string;
  /** Where it was thrown: functions, files and lines. */
  readonly stack?: string;
}

/** The fields of a log line about anything thrown. */
export function toErrorFields(thrown: unknown): ErrorFields {
  if (!(thrown instanceof Error)) return { error: typeof thrown };
  const frames = parseFrames(thrown);
  return {
    error: thrown.name,
    ...(hasTrustedMessage(thrown) && { message: thrown.message.slice(0, MAX_MESSAGE_LENGTH) }),
    ...(frames.length > 0 && { stack: frames.slice(0, MAX_STACK_FRAMES).join('\n') }),
  };
}

/** The stack begins with the message, all of whose lines are skipped: some may look like frames. */
function parseFrames({ stack = '', message }: Error): string[] {
  const messageEnd = message === '' ? 0 : stack.indexOf(message) + message.length;
  return stack
    .slice(messageEnd)
    .split('\n')
    .filter((line) => /^ {4}at .*(:\d+:\d+\)?|\(<anonymous>\)|\(native\))$/.test(line));
}

/** Our own errors, those of AWS and of system calls, and a module that cannot be found. */
function hasTrustedMessage(error: Error): boolean {
  return (
    OWN_ERRORS.some((own) => error instanceof own) ||
    '$metadata' in error ||
    'syscall' in error ||
    (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
  );
}
