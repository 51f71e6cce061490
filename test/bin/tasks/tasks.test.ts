import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readArguments, type TasksArguments } from '../../../bin/tasks/arguments.ts';
import { cancel } from '../../../bin/tasks/cancel.ts';
import type { Terminal } from '../../../bin/tasks/console.ts';
import { openDeployment } from '../../../bin/tasks/deployment.ts';
import { list } from '../../../bin/tasks/list.ts';
import { redrive } from '../../../bin/tasks/redrive.ts';
import { sqs } from '../../../lambda/aws/sqs.ts';
import { createEngine } from '../../../lambda/engine/api/create-engine.ts';
import type { Engine } from '../../../lambda/engine/api/engine.ts';
import type { WakeUpQueue } from '../../../lambda/engine/ports.ts';
import { systemClock, systemIds } from '../../../lambda/engine/system.ts';
import { SqsWakeUpQueue } from '../../../lambda/queue/queue.ts';
import { DynamoTaskStore } from '../../../lambda/tasks/dynamodb/index.ts';
import type { TaskRow } from '../../../lambda/tasks/record.ts';
import server from '../../support/servers/secrets.ts';
import { patientClient } from '../../support/dynamodb.ts';
import { useTestStack } from '../../support/stack.ts';
import { tasks } from './tasks-command.ts';

vi.setConfig({ testTimeout: 90_000 });
const PATIENCE = { timeout: 60_000, interval: 100 };

const stack = useTestStack({
  server: fileURLToPath(new URL('../../support/servers/secrets.ts', import.meta.url)),
  environment: { HEARTBEAT_MS: '300', LEASE_MS: '3000' },
});

const hash = (name: string) => createHash('sha256').update(name).digest('hex');
const [ANN, BOB, SPREAD] = ['ann', 'bob', 'spread'].map(hash) as [string, string, string];

let store: DynamoTaskStore;
let queue: WakeUpQueue;
const engineOf = (sends: WakeUpQueue, ownerShards = 1): Engine =>
  createEngine({ store, queue: sends, clock: systemClock, ids: systemIds, log: () => {}, settings: { ownerShards } });

/** Its wake-ups are lost, as those of a queue that somebody purged. */
const lost: WakeUpQueue = { send: async () => {} };

async function start(engine: Engine, owner: string | undefined, name: string): Promise<string> {
  const tool = server.tools.get(name);
  if (!tool) throw new Error(name);
  const { id } = await engine.start({
    caller: owner === undefined ? {} : { owner },
    tool,
    arguments: { text: 'SECRET argument' },
    era: '2026-07-28',
    capabilities: { form: true },
    deadline: Date.now() + 60_000,
  });
  return id;
}

const rowOf = async (owner: string, id: string): Promise<TaskRow> => {
  const row = await store.read({ partition: `owner#${owner}`, id });
  if (!row) throw new Error(`no task ${id}`);
  return row;
};
const until = (owner: string, id: string, status: string) =>
  vi.waitFor(async () => expect(await rowOf(owner, id)).toMatchObject({ status }), PATIENCE);

const place = () => ['--table', stack().tableName, '--endpoint', stack().dynamodbEndpoint];
const withQueue = () => [...place(), '--queue', stack().queueUrl];
const idsIn = (stdout: string) => stdout.match(/^[0-9a-z]{36}(?= )/gm) ?? [];

/** Somebody who sits at the terminal and answers. */
function attended(...answers: boolean[]) {
  const heard: string[] = [];
  const asked: string[] = [];
  const terminal: Terminal = {
    print: (text) => void heard.push(text),
    say: (text) => void heard.push(text),
    attended: true,
    ask: async (question) => {
      asked.push(question);
      return answers.shift() ?? false;
    },
  };
  return { terminal, heard, asked };
}

const argumentsOf = (...argv: string[]) => readArguments([...argv, ...withQueue()], {}) as TasksArguments;
const opened = () => openDeployment(argumentsOf('list'));

let asking: string;
let waiting: string[];

beforeAll(async () => {
  store = new DynamoTaskStore({ client: patientClient(stack().dynamodbEndpoint), table: stack().tableName });
  queue = new SqsWakeUpQueue({ client: sqs({ endpoint: stack().sqsEndpoint }), queueUrl: stack().queueUrl });
  asking = await start(engineOf(queue), ANN, 'ask');
  await until(ANN, asking, 'input_required');
  waiting = [];
  for (const _ of [1, 2]) waiting.push(await start(engineOf(lost), ANN, 'refuse'));
});

describe('list', () => {
  it('with an owner reads that owner alone, newest first, and says what it cost', async () => {
    await start(engineOf(lost), BOB, 'refuse');
    const { code, stdout, stderr } = await tasks(['list', '--owner', ANN, ...place()]);
    expect(code).toBe(0);
    expect(idsIn(stdout)).toEqual([...waiting].reverse().concat(asking));
    expect(stdout).toContain('waits for answers');
    expect(stdout).toContain('waits for a worker');
    expect(stderr).toMatch(/newest first\.\nPage 1: 3 tasks of 3 items read, [\d.]+ read units \([\d.]+ in all\)\./);
  });

  it('without one goes through the table, says so, and shows no journal and no payload', async () => {
    const { stdout, stderr } = await tasks(['list', ...place()]);
    expect(idsIn(stdout)).toEqual(expect.arrayContaining([asking, ...waiting]));
    expect(stderr).toContain('by Scan');
    const [, shown, read] = /Page 1: (\d+) tasks of (\d+) items/.exec(stderr) ?? [];
    expect(idsIn(stdout)).toHaveLength(Number(shown));
    expect(Number(read)).toBeGreaterThan(Number(shown));
    expect(stdout).not.toContain('SECRET');
  });

  it('stops after a page where nobody can be asked, and goes on where it is told', async () => {
    const first = await tasks(['list', '--owner', ANN, '--page', '2', ...place()]);
    expect(idsIn(first.stdout)).toEqual([...waiting].reverse());
    const [, after = ''] = /--after (\S+)/.exec(first.stderr) ?? [];
    const second = await tasks(['list', '--owner', ANN, '--page', '2', '--after', after, ...place()]);
    expect(idsIn(second.stdout)).toEqual([asking]);
    const all = await tasks(['list', '--owner', ANN, '--page', '1', '--yes', ...place()]);
    expect(idsIn(all.stdout)).toHaveLength(3);
    expect(all.stderr).toContain('Page 3:');
  });

  it('asks before each further page where somebody sits there', async () => {
    const { terminal, asked, heard } = attended(true, false);
    await list(opened(), argumentsOf('list', '--owner', ANN, '--page', '1'), terminal);
    expect(asked).toEqual(['The next page?', 'The next page?']);
    expect(idsIn(heard.join('\n'))).toHaveLength(2);
  });

  it('takes a status, and open for all that can go on', async () => {
    const of = async (status: string) =>
      idsIn((await tasks(['list', '--owner', ANN, '--status', status, ...place()])).stdout);
    expect(await of('input_required')).toEqual([asking]);
    expect(await of('open')).toHaveLength(3);
    expect(await of('completed')).toEqual([]);
  });

  it('finds the tasks of an owner that is spread over shards, across the pages of each', async () => {
    const engine = engineOf(lost, 3);
    const ids = new Set<string>();
    for (let count = 0; count < 7; count += 1) ids.add(await start(engine, SPREAD, 'refuse'));
    const args = ['list', '--owner', SPREAD, '--shards', '3', '--page', '2', '--yes', '--json', ...place()];
    const { stdout } = await tasks(args);
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
  it('tells how a task stands by names and figures alone', async () => {
    const { code, stdout } = await tasks(['show', asking, '--owner', ANN, ...place()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^status {8}input_required$/m);
    expect(stdout).toMatch(/^question {6}which.* {2}elicitation\/create {2}outstanding$/m);
    expect(stdout).toMatch(/^recorded {6}step:look#1 {2}\d+ bytes$/m);
    expect(stdout).toMatch(/^arguments {5}\d+ bytes \(--payloads shows it\)$/m);
    expect(stdout).not.toContain('SECRET');
    const json = await tasks(['show', asking, '--owner', ANN, '--json', ...place()]);
    expect(JSON.parse(json.stdout)).toMatchObject({ id: asking, questions: [{ standing: 'outstanding' }] });
    expect(json.stdout).not.toContain('SECRET');
  });

  it('opens the payloads when it is told to', async () => {
    const { stdout } = await tasks(['show', asking, '--owner', ANN, '--payloads', ...place()]);
    for (const secret of ['SECRET argument', 'SECRET question', 'SECRET finding', 'Waiting for an answer: SECRET'])
      expect(stdout).toContain(secret);
  });

  it('looks through the table for a task whose owner is not named, if it may', async () => {
    const refused = await tasks(['show', asking, ...place()]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('--owner HASH');
    const { code, stdout } = await tasks(['show', asking, '--yes', ...place()]);
    expect(code).toBe(0);
    expect(stdout).toContain(ANN);
  });

  it('says that there is none', async () => {
    const missing = 'a'.repeat(36);
    expect(await tasks(['show', missing, '--owner', ANN, ...place()])).toMatchObject({ code: 1, stdout: '' });
    const { code, stderr } = await tasks(['show', missing, '--yes', ...place()]);
    expect(code).toBe(1);
    expect(stderr).toContain('There is no task');
  });
});

describe('cancel', () => {
  it('says what it will do, and does nothing where nobody agrees', async () => {
    const { code, stderr } = await tasks(['cancel', asking, '--owner', ANN, ...withQueue()]);
    expect(code).toBe(1);
    expect(stderr).toContain('for good');
    expect(stderr).toContain('Its questions are dropped.');
    expect(stderr).toContain('Nothing was done');
    const { terminal, asked } = attended(false);
    await expect(cancel(opened(), argumentsOf('cancel', asking, '--owner', ANN), terminal)).rejects.toThrow(
      'Nothing was done.',
    );
    expect(asked).toEqual([`Cancel task ${asking}?`]);
    expect(await rowOf(ANN, asking)).toMatchObject({ status: 'input_required' });
  });

  it('ends a running task as its client would, with its clean-up', async () => {
    const held = await start(engineOf(queue), BOB, 'hold');
    await vi.waitFor(async () => expect((await rowOf(BOB, held)).run).toBeDefined(), PATIENCE);

    const blind = await tasks(['cancel', held, '--owner', BOB, '--yes', ...place()]);
    expect(blind.code).toBe(1);
    expect(blind.stderr).toContain('name the queue with --queue');
    expect(await rowOf(BOB, held)).toMatchObject({ status: 'working' });

    const { code, stdout, stderr } = await tasks(['cancel', held, '--owner', BOB, '--yes', ...withQueue()]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Cancelled ${held}.\n` });
    expect(stderr).toContain('A worker has it');
    expect(stderr).toContain('onCancel');
    await vi.waitFor(async () => {
      const row = await rowOf(BOB, held);
      expect(row.status).toBe('cancelled');
      expect(row).not.toHaveProperty('cleanUp');
    }, PATIENCE);
    const again = await tasks(['cancel', held, '--owner', BOB, '--yes', ...withQueue()]);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('Nothing to cancel: the task has ended.');
  });
});

describe('redrive', () => {
  it('sends no wake-up to a task that no wake-up helps', async () => {
    const { code, stderr } = await tasks(['redrive', asking, '--owner', ANN, '--yes', ...withQueue()]);
    expect(code).toBe(1);
    expect(stderr).toContain('waits for answers');
  });

  it('brings back a task whose wake-up was lost', async () => {
    const [task = ''] = waiting;
    expect(await rowOf(ANN, task)).toMatchObject({ status: 'working', generation: 1 });
    const { code, stdout, stderr } = await tasks(['redrive', task, '--owner', ANN, '--yes', ...withQueue()]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Sent the wake-up of ${task}, generation 1.\n` });
    expect(stderr).toContain('The wake-up of its generation 1 will be sent.');
    await until(ANN, task, 'completed');
  });

  it('brings back all of an owner, shows them, and asks first', async () => {
    const [, task = ''] = waiting;
    const unwilling = attended(false);
    const args = argumentsOf('redrive', '--all', '--owner', ANN);
    await expect(redrive(opened(), args, unwilling.terminal)).rejects.toThrow('Nothing was done.');
    expect(unwilling.asked).toEqual(['Send the wake-ups of these 1 tasks?']);
    expect(unwilling.heard.join('\n')).toContain(task);

    const willing = attended(true);
    await redrive(opened(), args, willing.terminal);
    expect(willing.heard.at(-1)).toBe('1 wake-ups sent.');
    await until(ANN, task, 'completed');
  });
});

describe('the command line', () => {
  it.each([
    [[], 'Say what to do'],
    [['purge'], 'Say what to do'],
    [['show'], 'Give its id'],
    [['list'], '--table NAME'],
    [['list', 'x', '--table', 't'], 'list takes no task'],
    [['cancel', '--all', '--table', 't'], '--all is for redrive'],
    [['list', '--status', 'tired', '--table', 't'], '--status is one of'],
    [['list', '--page', '0', '--table', 't'], '--page is a whole number'],
    [['list', '--endpoint', 'here', '--table', 't'], '--endpoint is a URL'],
    [['list', '--nonsense'], '--nonsense'],
  ])('%j is refused', (args, message) => {
    expect(() => readArguments(args, {})).toThrow(message);
  });

  it('refuses in one line, with a status of its own', async () => {
    const { code, stdout, stderr } = await tasks(['purge']);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('prints what there is', async () => {
    const { code, stdout } = await tasks(['--help']);
    expect(code).toBe(0);
    for (const word of ['list', 'show', 'cancel', 'redrive', '--owner', '--payloads', '--yes'])
      expect(stdout).toContain(word);
  });

  it('takes table and queue from the environment', async () => {
    const { code } = await tasks(['list', '--endpoint', stack().dynamodbEndpoint], { TABLE_NAME: stack().tableName });
    expect(code).toBe(0);
  });

  it('tells a table that is not there from a task that is not', async () => {
    const args = ['list', '--table', 'nowhere', '--endpoint', stack().dynamodbEndpoint];
    const { code, stderr } = await tasks(args);
    expect(code).toBe(2);
    expect(stderr).toContain('ResourceNotFoundException');
  });
});
