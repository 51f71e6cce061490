/** The command line of `npm run tasks`. */
import type { TaskStatus } from '../../lambda/tasks/record.ts';
import { isHttpUrl, parseInteger, parseOptions, UsageError } from '../command-line/options.ts';

export const TASKS_HELP = `Look after the tasks of a server, deployed or on this machine, directly in its table.

  npm run tasks -- list    [--owner HASH] [--status STATUS]
  npm run tasks -- show    ID [--owner HASH] [--payloads]
  npm run tasks -- cancel  ID [--owner HASH]
  npm run tasks -- redrive ID [--owner HASH]
  npm run tasks -- redrive --all [--owner HASH]

list     lists an owner's tasks, newest first (Query), or all tasks in the table if no owner is given (Scan).
         Goes page by page, and prints the read capacity that each page consumed.
show     shows one task: its state, its times, its questions and steps by name. Their contents need --payloads.
cancel   does what tasks/cancel does: at once, for good, and the tool's onCancel runs.
redrive  sends the wake-up of the task's current generation again. Harmless if one is on its way already: the task
         is claimed only once. With --all: every task that can run and that no worker holds.

cancel and redrive say what they are about to do, and ask first.

  --table NAME         the table (default: TABLE_NAME)
  --queue URL          the queue of wake-ups; only cancel and redrive need it (default: QUEUE_URL)
  --endpoint URL       a DynamoDB on this machine; npm run dev prints it
  --owner HASH         the owner's hash: "owner" in the log lines
  --shards N           the server's ownerShards (default: OWNER_SHARDS, otherwise 1)
  --status STATUS      working, input_required, completed, failed or cancelled; open means the first two
  --page N             items to read for each page (default 100)
  --after KEY          start after this key; every page but the last prints one
  --payloads           also print arguments, questions, answers, results and messages
  --json               print one JSON object per line for each task
  --yes                do not ask, neither before a change nor before the next page
  --help               print this help

Findings go to stdout, everything else to stderr. Exit status: 0 done, 1 not found, refused or not done, 2 AWS or
network error, 64 usage error.`;

const COMMAND_NAMES = ['list', 'show', 'cancel', 'redrive'] as const;
const STATUS_FILTERS = ['open', 'working', 'input_required', 'completed', 'failed', 'cancelled'] as const;

export interface TasksArguments {
  readonly command: (typeof COMMAND_NAMES)[number];
  /** Absent for `list`, and for `redrive --all`. */
  readonly id?: string;
  readonly table: string;
  readonly queue?: string;
  readonly endpoint?: string;
  /** The owner's hash. */
  readonly owner?: string;
  readonly shards: number;
  readonly status?: TaskStatus | 'open';
  /** Items to read for each page. */
  readonly page: number;
  /** The key that an earlier page printed. */
  readonly after?: string;
  /** Also print the contents of payloads. */
  readonly payloads: boolean;
  readonly json: boolean;
  /** Do not ask. */
  readonly yes: boolean;
}

const TEXT_OPTION = { type: 'string' } as const;
const FLAG_OPTION = { type: 'boolean', default: false } as const;

/** @throws UsageError */
export function parseTasksArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): TasksArguments | 'help' {
  const { values, positionals } = parseTasksOptions(argv);
  if (values.help || positionals[0] === 'help') return 'help';
  const [name, id, ...rest] = positionals;
  const command = COMMAND_NAMES.find((each) => each === name);
  if (!command) throw new UsageError(`The command must be one of: ${COMMAND_NAMES.join(', ')}.`);
  if (rest.length > 0) throw new UsageError(`Only one task id can be given, not ${rest.length + 1}.`);
  checkTarget(command, id, values.all);
  const status = STATUS_FILTERS.find((each) => each === values.status);
  if (values.status !== undefined && !status)
    throw new UsageError(`--status must be one of: ${STATUS_FILTERS.join(', ')}.`);
  const table = values.table ?? env.TABLE_NAME;
  if (!table) throw new UsageError('The table must be given: --table NAME, or TABLE_NAME in the environment.');
  const queue = values.queue ?? env.QUEUE_URL;
  return {
    command,
    table,
    ...(id !== undefined && { id }),
    ...(queue && { queue }),
    ...(values.endpoint !== undefined && { endpoint: parseEndpoint(values.endpoint) }),
    ...(values.owner !== undefined && { owner: values.owner }),
    shards: parseInteger('--shards', values.shards ?? env.OWNER_SHARDS ?? '1', 1, 100),
    ...(status && { status }),
    page: parseInteger('--page', values.page, 1, 10_000),
    ...(values.after !== undefined && { after: values.after }),
    payloads: values.payloads,
    json: values.json,
    yes: values.yes,
  };
}

const parseTasksOptions = (argv: readonly string[]) =>
  parseOptions({
    args: [...argv],
    allowPositionals: true,
    options: {
      table: TEXT_OPTION,
      queue: TEXT_OPTION,
      endpoint: TEXT_OPTION,
      owner: TEXT_OPTION,
      shards: TEXT_OPTION,
      status: TEXT_OPTION,
      after: TEXT_OPTION,
      page: { type: 'string', default: '100' },
      all: FLAG_OPTION,
      payloads: FLAG_OPTION,
      json: FLAG_OPTION,
      yes: FLAG_OPTION,
      help: FLAG_OPTION,
    },
  });

/** `list` takes no id, `redrive --all` neither; everything else needs one. */
function checkTarget(command: string, id: string | undefined, all: boolean): void {
  if (command === 'list' && id !== undefined)
    throw new UsageError('list takes no task id: use show ID to print one task.');
  if (all && (command !== 'redrive' || id !== undefined))
    throw new UsageError('--all must be used with redrive, and without a task id.');
  if (command !== 'list' && id === undefined && !all) throw new UsageError(`${command} needs a task id.`);
}

function parseEndpoint(text: string): string {
  if (isHttpUrl(text)) return text;
  throw new UsageError(`--endpoint must be an HTTP or HTTPS URL, not ${JSON.stringify(text)}.`);
}
