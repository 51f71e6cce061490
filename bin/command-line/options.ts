/** Reading the options of the commands in `bin/`. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line is wrong; the message is one line that says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `parseArgs` of Node. @throws UsageError */
export function parseOptions<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const message = (error as Error).message.replaceAll('\n', ' ');
    throw new UsageError(message.replace(/\.?$/, '.'));
  }
}

/** The whole number from `min` to `max` that was given for `option`. @throws UsageError */
export function parseInteger(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${option} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}.`);
}

export const isHttpUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);
