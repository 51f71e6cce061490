import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { parseTasksArguments, type TasksArguments } from '../../../bin/tasks/arguments.ts';
import { cancelAsOperator } from '../../../bin/tasks/cancel.ts';
import type { OperatorTerminal } from '../../../bin/tasks/console.ts';
import { openDeployment } from '../../../bin/tasks/deployment.ts';
import { printTasks } from '../../../bin/tasks/list.ts';
import { redriveTasks } from '../../../bin/tasks/redrive.ts';
import { createSqsClient } from '../../../lambda/aws/sqs.ts';
import { createEngine } from '../../../lambda/engine/api/create-engine.ts';
import type { Engine } from '../../../lambda/engine/api/engine.ts';
import type { WakeUpQueue } from '../../../lambda/engine/ports.ts';
import { systemClock, systemIds } from '../../../lambda/engine/system.ts';
import { SqsWakeUpQueue } from '../../../lambda/queue/queue.ts';
import { DynamoTaskStore } from '../../../lambda/tasks/dynamodb/index.ts';
import type { TaskRow } from '../../../lambda/tasks/record.ts';
import { createLongTimeoutClient } from '../../support/dynamodb.ts';
import { EMULATOR_TIMEOUT_MS } from '../../support/emulator.ts';
import server from '../../support/servers/secrets.ts';
import { useTestStack } from '../../support/stack.ts';
import { runTasksCommand } from './tasks-command.ts';

/** Only a hang takes that long. */
const WAIT_OPTIONS = { timeout: 600_000, interval: 100 };

const stack = useTestStack({
  server: fileURLToPath(new URL('../../support/servers/secrets.ts', import.meta.url)),
  environment: { HEARTBEAT_MS: '300', LEASE_MS: '3000' },
});

const hashOwner = (name: string) => createHash('sha256').update(name).digest('hex');
const [ANN, BOB, SPREAD] = ['ann', 'bob', 'spread'].map(hashOwner) as [string, string, string];

let store: DynamoTaskStore;
let queue: WakeUpQueue;
const createStackEngine = (sends: WakeUpQueue, ownerShards = 1): Engine =>
  createEngine({ store, queue: sends, clock: systemClock, ids: systemIds, log: () => {}, settings: { ownerShards } });

/** Loses its wake-ups, like a queue that was purged. */
const discardingQueue: WakeUpQueue = { send: async () => {} };

async function startOwnedTask(engine: Engine, owner: string | undefined, name: string): Promise<string> {
  const tool = server.tools.get(name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  const { id } = await engine.startTask({
    caller: owner === undefined ? {} : { owner },
    tool,
    arguments: { text: 'SECRET argument' },
    era: '2026-07-28',
    capabilities: { form: true },
    deadline: Date.now() + 60_000,
  });
  return id;
}

async function readOwnedRow(owner: string, id: string): Promise<TaskRow> {
  const row = await store.read({ partition: `owner#${owner}`, id });
  if (!row) throw new Error(`There is no task ${id}.`);
  return row;
}

const waitForRow = (owner: string, id: string, status: string) =>
  vi.waitFor(async () => expect(await readOwnedRow(owner, id)).toMatchObject({ status }), WAIT_OPTIONS);

const buildTableArguments = () => ['--table', stack().tableName, '--endpoint', stack().dynamodbEndpoint];
const buildQueueArguments = () => [...buildTableArguments(), '--queue', stack().queueUrl];
const parseTaskIds = (stdout: string) => stdout.match(/^[0-9a-z]{36}(?= )/gm) ?? [];

/** A terminal with an operator who gives these answers. */
function createAttendedTerminal(...answers: boolean[]) {
  const output: string[] = [];
  const asked: string[] = [];
  const terminal: OperatorTerminal = {
    print: (text) => void output.push(text),
    notify: (text) => void output.push(text),
    interactive: true,
    ask: async (question) => {
      asked.push(question);
      return answers.shift() ?? false;
    },
  };
  return { terminal, output, asked };
}

const parseCommandLine = (...argv: string[]) =>
  parseTasksArguments([...argv, ...buildQueueArguments()], {}) as TasksArguments;
const openTestDeployment = () => openDeployment(parseCommandLine('list'));

let asking: string;
let waiting: string[];

beforeAll(async () => {
  store = new DynamoTaskStore({ client: createLongTimeoutClient(stack().dynamodbEndpoint), table: stack().tableName });
  queue = new SqsWakeUpQueue({
    client: createSqsClient({ endpoint: stack().sqsEndpoint, requestTimeoutMs: EMULATOR_TIMEOUT_MS }),
    queueUrl: stack().queueUrl,
  });
  asking = await startOwnedTask(createStackEngine(queue), ANN, 'ask');
  await waitForRow(ANN, asking, 'input_required');
  waiting = [];
  for (const _ of [1, 2]) waiting.push(await startOwnedTask(createStackEngine(discardingQueue), ANN, 'refuse'));
});

describe('list', () => {
  test('with an owner reads only that owner, newest first, and reports the cost', async () => {
    await startOwnedTask(createStackEngine(discardingQueue), BOB, 'refuse');
    const { code, stdout, stderr } = await runTasksCommand(['list', '--owner', ANN, ...buildTableArguments()]);
    expect(code).toBe(0);
    expect(parseTaskIds(stdout)).toEqual([...waiting].reverse().concat(asking));
    expect(stdout).toContain('waits for answers');
    expect(stdout).toContain('waits for a worker');
    expect(stderr).toMatch(
      /newest first\.\nPage 1: 3 tasks among 3 items read, [\d.]+ read units \([\d.]+ in total\)\./,
    );
  });

  test('without an owner scans the table, says so, and shows neither journal entries nor payloads', async () => {
    const { stdout, stderr } = await runTasksCommand(['list', ...buildTableArguments()]);
    expect(parseTaskIds(stdout)).toEqual(expect.arrayContaining([asking, ...waiting]));
    expect(stderr).toContain('by Scan');
    const [, shown, read] = /Page 1: (\d+) tasks among (\d+) items/.exec(stderr) ?? [];
    expect(parseTaskIds(stdout)).toHaveLength(Number(shown));
    expect(Number(read)).toBeGreaterThan(Number(shown));
    expect(stdout).not.toContain('SECRET');
  });

  test('stops after a page if it cannot ask, and continues at --after', async () => {
    const first = await runTasksCommand(['list', '--owner', ANN, '--page', '2', ...buildTableArguments()]);
    expect(parseTaskIds(first.stdout)).toEqual([...waiting].reverse());
    const [, after = ''] = /--after (\S+)/.exec(first.stderr) ?? [];
    const second = await runTasksCommand([
      'list',
      '--owner',
      ANN,
      '--page',
      '2',
      '--after',
      after,
      ...buildTableArguments(),
    ]);
    expect(parseTaskIds(second.stdout)).toEqual([asking]);
    const all = await runTasksCommand(['list', '--owner', ANN, '--page', '1', '--yes', ...buildTableArguments()]);
    expect(parseTaskIds(all.stdout)).toHaveLength(3);
    expect(all.stderr).toContain('Page 3:');
  });

  test('asks an operator before each further page', async () => {
    const { terminal, asked, output } = createAttendedTerminal(true, false);
    await printTasks(openTestDeployment(), parseCommandLine('list', '--owner', ANN, '--page', '1'), terminal);
    expect(asked).toEqual(['Continue with the next page?', 'Continue with the next page?']);
    expect(parseTaskIds(output.join('\n'))).toHaveLength(2);
  });

  test('filters by status; open means every task that has not ended', async () => {
    const listByStatus = async (status: string) =>
      parseTaskIds(
        (await runTasksCommand(['list', '--owner', ANN, '--status', status, ...buildTableArguments()])).stdout,
      );
    expect(await listByStatus('input_required')).toEqual([asking]);
    expect(await listByStatus('open')).toHaveLength(3);
    expect(await listByStatus('completed')).toEqual([]);
  });

  test('finds the tasks of an owner that is spread over shards, across the pages of each shard', async () => {
    const engine = createStackEngine(discardingQueue, 3);
    const ids = new Set<string>();
    for (let count = 0; count < 7; count += 1) ids.add(await startOwnedTask(engine, SPREAD, 'refuse'));
    const args = [
      'list',
      '--owner',
      SPREAD,
      '--shards',
      '3',
      '--page',
      '2',
      '--yes',
      '--json',
      ...buildTableArguments(),
    ];
    const { stdout } = await runTasksCommand(args);
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(found.map(({ id }) => id))).toEqual(ids);
    expect(found[0]).toMatchObject({ owner: SPREAD, tool: 'refuse', state: 'waits for a worker' });
    expect(stdout).not.toContain('SECRET');
  });
});

describe('show', () => {
  test('describes a task with names and figures only', async () => {
    const { code, stdout } = await runTasksCommand(['show', asking, '--owner', ANN, ...buildTableArguments()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^status {8}input_required$/m);
    expect(stdout).toMatch(/^question {6}which.* {2}elicitation\/create {2}outstanding$/m);
    expect(stdout).toMatch(/^recorded {6}step:look#1 {2}\d+ bytes$/m);
    expect(stdout).toMatch(/^arguments {5}\d+ bytes \(--payloads shows it\)$/m);
    expect(stdout).not.toContain('SECRET');
    const json = await runTasksCommand(['show', asking, '--owner', ANN, '--json', ...buildTableArguments()]);
    expect(JSON.parse(json.stdout)).toMatchObject({ id: asking, questions: [{ standing: 'outstanding' }] });
    expect(json.stdout).not.toContain('SECRET');
  });

  test('prints the payloads with --payloads', async () => {
    const { stdout } = await runTasksCommand(['show', asking, '--owner', ANN, '--payloads', ...buildTableArguments()]);
    for (const secret of ['SECRET argument', 'SECRET question', 'SECRET finding', 'Waiting for an answer: SECRET'])
      expect(stdout).toContain(secret);
  });

  test('searches the table for a task whose owner is not given, with consent', async () => {
    const refused = await runTasksCommand(['show', asking, ...buildTableArguments()]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('--owner HASH');
    const { code, stdout } = await runTasksCommand(['show', asking, '--yes', ...buildTableArguments()]);
    expect(code).toBe(0);
    expect(stdout).toContain(ANN);
  });

  test('reports that a task does not exist', async () => {
    const missing = 'a'.repeat(36);
    expect(await runTasksCommand(['show', missing, '--owner', ANN, ...buildTableArguments()])).toMatchObject({
      code: 1,
      stdout: '',
    });
    const { code, stderr } = await runTasksCommand(['show', missing, '--yes', ...buildTableArguments()]);
    expect(code).toBe(1);
    expect(stderr).toContain('There is no task');
  });
});

describe('cancel', () => {
  test('says what it will do, and does nothing without consent', async () => {
    const { code, stderr } = await runTasksCommand(['cancel', asking, '--owner', ANN, ...buildQueueArguments()]);
    expect(code).toBe(1);
    expect(stderr).toContain('for good');
    expect(stderr).toContain('Its questions are dropped.');
    expect(stderr).toContain('Nothing was done');
    const { terminal, asked } = createAttendedTerminal(false);
    await expect(
      cancelAsOperator(openTestDeployment(), parseCommandLine('cancel', asking, '--owner', ANN), terminal),
    ).rejects.toThrow('Nothing was done.');
    expect(asked).toEqual([`Cancel task ${asking}?`]);
    expect(await readOwnedRow(ANN, asking)).toMatchObject({ status: 'input_required' });
  });

  test('ends a running task as its client would, including its clean-up', async () => {
    const held = await startOwnedTask(createStackEngine(queue), BOB, 'hold');
    await vi.waitFor(async () => expect((await readOwnedRow(BOB, held)).run).toBeDefined(), WAIT_OPTIONS);

    const withoutQueue = await runTasksCommand(['cancel', held, '--owner', BOB, '--yes', ...buildTableArguments()]);
    expect(withoutQueue.code).toBe(1);
    expect(withoutQueue.stderr).toContain('name the queue with --queue');
    expect(await readOwnedRow(BOB, held)).toMatchObject({ status: 'working' });

    const { code, stdout, stderr } = await runTasksCommand([
      'cancel',
      held,
      '--owner',
      BOB,
      '--yes',
      ...buildQueueArguments(),
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Cancelled ${held}.\n` });
    expect(stderr).toContain('A worker is running it');
    expect(stderr).toContain('onCancel');
    await vi.waitFor(async () => {
      const row = await readOwnedRow(BOB, held);
      expect(row.status).toBe('cancelled');
      expect(row).not.toHaveProperty('cleanUp');
    }, WAIT_OPTIONS);
    const again = await runTasksCommand(['cancel', held, '--owner', BOB, '--yes', ...buildQueueArguments()]);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('Nothing to cancel: the task has ended.');
  });
});

describe('redrive', () => {
  test('sends no wake-up to a task that waits for answers', async () => {
    const { code, stderr } = await runTasksCommand([
      'redrive',
      asking,
      '--owner',
      ANN,
      '--yes',
      ...buildQueueArguments(),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('waits for answers');
  });

  test('brings back a task whose wake-up was lost', async () => {
    const [task = ''] = waiting;
    expect(await readOwnedRow(ANN, task)).toMatchObject({ status: 'working', generation: 1 });
    const { code, stdout, stderr } = await runTasksCommand([
      'redrive',
      task,
      '--owner',
      ANN,
      '--yes',
      ...buildQueueArguments(),
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Sent the wake-up of ${task}, generation 1.\n` });
    expect(stderr).toContain('The wake-up of generation 1 will be sent.');
    await waitForRow(ANN, task, 'completed');
  });

  test('brings back all tasks of an owner, after showing them and asking', async () => {
    const [, task = ''] = waiting;
    const declining = createAttendedTerminal(false);
    const args = parseCommandLine('redrive', '--all', '--owner', ANN);
    await expect(redriveTasks(openTestDeployment(), args, declining.terminal)).rejects.toThrow('Nothing was done.');
    expect(declining.asked).toEqual(['Send the wake-ups of these tasks (1)?']);
    expect(declining.output.join('\n')).toContain(task);

    const agreeing = createAttendedTerminal(true);
    await redriveTasks(openTestDeployment(), args, agreeing.terminal);
    expect(agreeing.output.at(-1)).toBe('Wake-ups sent: 1.');
    await waitForRow(ANN, task, 'completed');
  });
});

describe('the command line', () => {
  test.each([
    [[], 'The command must be one of'],
    [['purge'], 'The command must be one of'],
    [['show'], 'show needs a task id'],
    [['list'], '--table NAME'],
    [['list', 'x', '--table', 't'], 'list takes no task'],
    [['cancel', '--all', '--table', 't'], '--all must be used with redrive'],
    [['list', '--status', 'tired', '--table', 't'], '--status must be one of'],
    [['list', '--page', '0', '--table', 't'], '--page must be a whole number'],
    [['list', '--endpoint', 'here', '--table', 't'], '--endpoint must be an HTTP or HTTPS URL'],
    [['list', '--nonsense'], '--nonsense'],
  ])('%j is refused', (args, message) => {
    expect(() => parseTasksArguments(args, {})).toThrow(message);
  });

  test('reports a usage error in one line, with exit status 64', async () => {
    const { code, stdout, stderr } = await runTasksCommand(['purge']);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('prints its help', async () => {
    const { code, stdout } = await runTasksCommand(['--help']);
    expect(code).toBe(0);
    for (const word of ['list', 'show', 'cancel', 'redrive', '--owner', '--payloads', '--yes'])
      expect(stdout).toContain(word);
  });

  test('takes table and queue from the environment', async () => {
    const { code } = await runTasksCommand(['list', '--endpoint', stack().dynamodbEndpoint], {
      TABLE_NAME: stack().tableName,
    });
    expect(code).toBe(0);
  });

  test('reports a missing table with another exit status than a missing task', async () => {
    const args = ['list', '--table', 'nowhere', '--endpoint', stack().dynamodbEndpoint];
    const { code, stderr } = await runTasksCommand(args);
    expect(code).toBe(2);
    expect(stderr).toContain('ResourceNotFoundException');
  });
});
