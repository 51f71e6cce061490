/** What a line may tell of an error: never words that may hold what a client sent or a tool made. */
import { Unavailable } from '../engine/errors.ts';
import { PayloadMissing } from '../payloads/missing.ts';
import { UnknownRowFormat } from '../tasks/stored.ts';
import { ConfigurationError } from '../tool/errors.ts';

/** Our own errors, whose messages are made of names and figures. */
const OWN_ERRORS = [ConfigurationError, Unavailable, UnknownRowFormat, PayloadMissing];

/** Frames of the stack that a line holds. */
const MAX_STACK_FRAMES = 8;

export interface ErrorFields {
  /** Its name, or the type of what was thrown in an error's place. */
  readonly error: string;
  /** Only where it is known who wrote it: this project, AWS, or the operating system. */
  readonly message?: string;
  /** Where it was thrown: functions, files and lines. */
  readonly stack?: string;
}

export function toErrorFields(thrown: unknown): ErrorFields {
  if (!(thrown instanceof Error)) return { error: typeof thrown };
  const frames = parseFrames(thrown);
  return {
    error: thrown.name,
    ...(hasTrustedMessage(thrown) && { message: thrown.message.slice(0, 500) }),
    ...(frames.length > 0 && { stack: frames.slice(0, MAX_STACK_FRAMES).join('\n') }),
  };
}

/** The stack begins with the message, in as many lines as it has; some of them may look like frames. */
function parseFrames({ stack = '', message }: Error): string[] {
  const after = message === '' ? 0 : stack.indexOf(message) + message.length;
  return stack
    .slice(after)
    .split('\n')
    .filter((line) => /^ {4}at .*(:\d+:\d+\)?|\(<anonymous>\)|\(native\))$/.test(line));
}

/** Refused by AWS, refused by the system, a module that cannot be found, or our own. */
const hasTrustedMessage = (error: Error): boolean =>
  OWN_ERRORS.some((own) => error instanceof own) ||
  '$metadata' in error ||
  'syscall' in error ||
  (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
