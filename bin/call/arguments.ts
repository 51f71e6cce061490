/** The command line of `npm run call`. */
import { parseArgs } from 'node:util';

export const CALL_HELP = `Call a tool of an MCP server, as a task where the server makes one.

  npm run call -- [TOOL ['{"json": "arguments"}']] [options]

Without a tool it lists the server's tools.

  --url URL            the server's endpoint (default http://127.0.0.1:3000/mcp)
  --header 'k: v'      an HTTP header to send with every request; may be repeated
  --answer KEY=VALUE   answers the form field KEY, whenever it is asked for; may be repeated. VALUE is read by
                       the field's type: true or false, a number, a choice; several choices with commas
                       between them or as a JSON array
  --answer accept      answers what it can of a form with its defaults; decline and cancel refuse it
  --timeout SECONDS    cancels the task when it has not ended by then (default: no limit)
  --json               prints the raw result
  --help               prints this

Status and questions are written to stderr, the result to stdout. Ctrl-C cancels the task; a second one exits.
Exit status: 0 success, 1 the tool failed (or was cancelled, or nobody could answer), 2 a protocol or connection
error, 64 wrong usage, 130 cancelled by Ctrl-C.`;

/** A form is answered field by field, or refused or accepted as a whole. */
export interface GivenAnswers {
  readonly fields: ReadonlyMap<string, string>;
  readonly whole?: 'accept' | 'decline' | 'cancel';
}

export interface CallArguments {
  /** Absent: list the tools. */
  readonly tool?: string;
  readonly args: Record<string, unknown>;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly answers: GivenAnswers;
  /** Milliseconds. */
  readonly timeoutMs?: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** The command line cannot be understood; the message says why. */
export class CallUsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULT_URL = 'http://127.0.0.1:3000/mcp';

/** @throws UsageError */
export function parseCallArguments(argv: readonly string[]): CallArguments {
  const { values, positionals } = parseCallOptions(argv);
  const [tool, json, ...rest] = positionals;
  if (rest.length > 0) throw new CallUsageError(`Too many arguments: ${rest.join(' ')} (put the JSON in quotes)`);
  return {
    ...(tool !== undefined && { tool }),
    args: json === undefined ? {} : parseToolArguments(json),
    url: parseUrlOption(values.url),
    headers: Object.fromEntries(values.header.map(parseHeaderOption)),
    answers: parseAnswerOptions(values.answer),
    ...(values.timeout !== undefined && { timeoutMs: parseTimeoutMs(values.timeout) }),
    json: values.json,
    help: values.help,
  };
}

function parseCallOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        url: { type: 'string', default: DEFAULT_URL },
        header: { type: 'string', multiple: true, default: [] },
        answer: { type: 'string', multiple: true, default: [] },
        timeout: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new CallUsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseToolArguments(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new CallUsageError(`The tool's arguments are not JSON: ${(error as Error).message}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new CallUsageError(`The tool's arguments must be a JSON object, for example '{"dataset": "…"}'`);
  return value as Record<string, unknown>;
}

function parseUrlOption(given: string): URL {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CallUsageError(`--url must be an http(s) URL: ${given}`);
  return url;
}

function parseHeaderOption(given: string): [string, string] {
  const colon = given.indexOf(':');
  const name = given.slice(0, Math.max(colon, 0)).trim();
  const value = given.slice(colon + 1).trim();
  try {
    new Headers([[name, value]]);
  } catch {
    throw new CallUsageError(`--header must be 'name: value': ${given}`);
  }
  return [name, value];
}

function parseAnswerOptions(given: readonly string[]): GivenAnswers {
  const fields = new Map<string, string>();
  let whole: GivenAnswers['whole'];
  for (const answer of given) {
    const equals = answer.indexOf('=');
    if (equals > 0) fields.set(answer.slice(0, equals), answer.slice(equals + 1));
    else if (answer === 'accept' || answer === 'decline' || answer === 'cancel') whole = answer;
    else throw new CallUsageError(`--answer must be KEY=VALUE, accept, decline or cancel: ${answer}`);
  }
  return { fields, ...(whole && { whole }) };
}

function parseTimeoutMs(given: string): number {
  const seconds = Number(given);
  if (!(seconds > 0 && seconds <= 2_000_000))
    throw new CallUsageError(`--timeout must be a number of seconds: ${given}`);
  return seconds * 1_000;
}
