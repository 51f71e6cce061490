/** The command line of `npm run tasks`. */
import { parseArgs } from 'node:util';
import type { TaskStatus } from '../../lambda/tasks/record.ts';

export const TASKS_HELP = `Look after the tasks of a server: straight in its table, deployed or on this machine.

  npm run tasks -- list    [--owner HASH] [--status STATUS]
  npm run tasks -- show    ID [--owner HASH] [--payloads]
  npm run tasks -- cancel  ID [--owner HASH]
  npm run tasks -- redrive ID [--owner HASH]
  npm run tasks -- redrive --all [--owner HASH]

list     with an owner a Query of that owner's tasks, newest first; without one a Scan of the whole table.
         Page by page, with the read capacity that each consumed.
show     one task: its state, its times, its questions and steps by name. What is in them only with --payloads.
cancel   what tasks/cancel does: at once, for good, and the tool's onCancel runs.
redrive  sends the wake-up of the task's present generation again. Harmless where one is under way: the task is
         taken up once. With --all every task that can run and that nobody works on.

cancel and redrive say what they are about to do, and ask.

  --table NAME         the table (default: TABLE_NAME)
  --queue URL          the queue of wake-ups; only cancel and redrive need it (default: QUEUE_URL)
  --endpoint URL       a DynamoDB on this machine; npm run dev prints it
  --owner HASH         the owner's hash: "owner" in the log lines
  --shards N           the server's ownerShards (default: OWNER_SHARDS, else 1)
  --status STATUS      working, input_required, completed, failed, cancelled; or open, the first two
  --page N             items read for each page (default 100)
  --after KEY          begin after this key; a page that is not the last prints it
  --payloads           arguments, questions, answers, results, messages: whatever the task was given and has made
  --json               one JSON object on a line for each task
  --yes                do not ask: neither before a change nor before the next page
  --help               prints this

What is found goes to stdout, everything else to stderr. Exit status: 0 done, 1 not found, refused or not done,
2 AWS or the network did not do it, 64 wrong usage.`;

/** The command line cannot be understood; the message says why. */
export class TasksUsageError extends Error {
  override readonly name = 'UsageError';
}

const COMMAND_NAMES = ['list', 'show', 'cancel', 'redrive'] as const;
const STATUS_FILTERS = ['open', 'working', 'input_required', 'completed', 'failed', 'cancelled'] as const;

export interface TasksArguments {
  readonly command: (typeof COMMAND_NAMES)[number];
  /** Absent for `list`, and for `redrive --all`. */
  readonly id?: string;
  readonly table: string;
  readonly queue?: string;
  readonly endpoint?: string;
  readonly owner?: string;
  readonly shards: number;
  readonly status?: TaskStatus | 'open';
  /** Items read for each page. */
  readonly page: number;
  readonly after?: string;
  readonly payloads: boolean;
  readonly json: boolean;
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
  if (!command) throw new TasksUsageError(`Say what to do: ${COMMAND_NAMES.join(', ')}.`);
  if (rest.length > 0) throw new TasksUsageError(`One task at a time, not ${rest.length + 1}.`);
  checkTarget(command, id, values.all);
  const status = STATUS_FILTERS.find((each) => each === values.status);
  if (values.status !== undefined && !status)
    throw new TasksUsageError(`--status is one of ${STATUS_FILTERS.join(', ')}.`);
  const table = values.table ?? env.TABLE_NAME;
  if (!table) throw new TasksUsageError('Say which table: --table NAME, or TABLE_NAME in the environment.');
  const queue = values.queue ?? env.QUEUE_URL;
  return {
    command,
    table,
    ...(id !== undefined && { id }),
    ...(queue && { queue }),
    ...(values.endpoint !== undefined && { endpoint: parseHttpUrl('--endpoint', values.endpoint) }),
    ...(values.owner !== undefined && { owner: values.owner }),
    shards: parseCount('--shards', values.shards ?? env.OWNER_SHARDS ?? '1', 100),
    ...(status && { status }),
    page: parseCount('--page', values.page, 10_000),
    ...(values.after !== undefined && { after: values.after }),
    payloads: values.payloads,
    json: values.json,
    yes: values.yes,
  };
}

function parseTasksOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...{
          table: TEXT_OPTION,
          queue: TEXT_OPTION,
          endpoint: TEXT_OPTION,
          owner: TEXT_OPTION,
          shards: TEXT_OPTION,
          status: TEXT_OPTION,
          after: TEXT_OPTION,
        },
        ...{ page: { ...TEXT_OPTION, default: '100' } },
        ...{ all: FLAG_OPTION, payloads: FLAG_OPTION, json: FLAG_OPTION, yes: FLAG_OPTION, help: FLAG_OPTION },
      },
    });
  } catch (error) {
    throw new TasksUsageError((error as Error).message.split('\n')[0]);
  }
}

function checkTarget(command: string, id: string | undefined, all: boolean): void {
  if (command === 'list' && id !== undefined) throw new TasksUsageError('list takes no task: show ID prints one.');
  if (all && (command !== 'redrive' || id !== undefined))
    throw new TasksUsageError('--all is for redrive without a task.');
  if (command !== 'list' && id === undefined && !all) throw new TasksUsageError(`${command} which task? Give its id.`);
}

function parseCount(name: string, value: string, most: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= 1 && number <= most) return number;
  throw new TasksUsageError(`${name} is a whole number from 1 to ${most}, not ${JSON.stringify(value)}.`);
}

function parseHttpUrl(name: string, value: string): string {
  if (URL.canParse(value) && /^https?:/.test(value)) return value;
  throw new TasksUsageError(`${name} is a URL, not ${JSON.stringify(value)}.`);
}
