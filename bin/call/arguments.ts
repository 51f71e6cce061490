/** The command line of `npm run call`. */
import { isHttpUrl, parseOptions, UsageError } from '../command-line/options.ts';

const DEFAULT_URL = 'http://127.0.0.1:3000/mcp';
/** Below the longest delay that a timer takes, 2³¹ ms. */
const MAX_TIMEOUT_SECONDS = 2_000_000;

export const CALL_HELP = `Call a tool of an MCP server, as a task where the server creates one.

  npm run call -- [TOOL ['{"json": "arguments"}']] [options]

Without a tool, it lists the server's tools.

  --url URL            the server's endpoint (default ${DEFAULT_URL})
  --header 'k: v'      an HTTP header to send with every request; may be repeated
  --answer KEY=VALUE   the answer to the form field KEY, whenever a form asks for it; may be repeated. VALUE is
                       read by the field's type: true or false, a number, a choice; several choices as a
                       comma-separated list or as a JSON array
  --answer accept      accept a form, with its defaults where no KEY=VALUE is given; decline or cancel refuses it
  --timeout SECONDS    cancel the task if it has not ended by then (default: no limit)
  --json               print the raw result
  --help               print this help

Status and questions go to stderr, the result to stdout. Ctrl-C cancels the task; a second one exits at once.
Exit status: 0 success, 1 the tool failed (or was cancelled, or its question could not be answered), 2 protocol or
connection error, 64 usage error, 130 cancelled by Ctrl-C.`;

/** The answers given on the command line: to single fields, or to a form or URL as a whole. */
export interface GivenAnswers {
  /** Field name to its value as typed. */
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
  /** After which the task is cancelled; absent: no limit. */
  readonly timeoutMs?: number;
  /** Print the raw result. */
  readonly json: boolean;
}

/** @throws UsageError */
export function parseCallArguments(argv: readonly string[]): CallArguments | 'help' {
  const { values, positionals } = parseCallOptions(argv);
  if (values.help) return 'help';
  const [tool, json, ...rest] = positionals;
  if (rest.length > 0)
    throw new UsageError(`Too many arguments: ${rest.join(' ')}. The tool's arguments must be one quoted JSON object.`);
  return {
    ...(tool !== undefined && { tool }),
    args: json === undefined ? {} : parseToolArguments(json),
    url: parseUrlOption(values.url),
    headers: Object.fromEntries(values.header.map(parseHeaderOption)),
    answers: parseAnswerOptions(values.answer),
    ...(values.timeout !== undefined && { timeoutMs: parseTimeoutMs(values.timeout) }),
    json: values.json,
  };
}

const parseCallOptions = (argv: readonly string[]) =>
  parseOptions({
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

function parseToolArguments(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new UsageError(`The tool's arguments must be a JSON object: ${(error as Error).message}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new UsageError(`The tool's arguments must be a JSON object, for example '{"dataset": "…"}'.`);
  return value as Record<string, unknown>;
}

function parseUrlOption(text: string): URL {
  if (!isHttpUrl(text)) throw new UsageError(`--url must be an HTTP or HTTPS URL, not ${JSON.stringify(text)}.`);
  return new URL(text);
}

function parseHeaderOption(text: string): [name: string, value: string] {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(colon, 0)).trim();
  const value = text.slice(colon + 1).trim();
  try {
    new Headers([[name, value]]);
  } catch {
    throw new UsageError(`--header must be 'name: value', not ${JSON.stringify(text)}.`);
  }
  return [name, value];
}

function parseAnswerOptions(texts: readonly string[]): GivenAnswers {
  const fields = new Map<string, string>();
  let whole: GivenAnswers['whole'];
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals > 0) fields.set(text.slice(0, equals), text.slice(equals + 1));
    else if (text === 'accept' || text === 'decline' || text === 'cancel') whole = text;
    else throw new UsageError(`--answer must be KEY=VALUE, accept, decline or cancel, not ${JSON.stringify(text)}.`);
  }
  return { fields, ...(whole && { whole }) };
}

function parseTimeoutMs(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS))
    throw new UsageError(
      `--timeout must be a number of seconds up to ${MAX_TIMEOUT_SECONDS}, not ${JSON.stringify(text)}.`,
    );
  return seconds * 1_000;
}
