/**
 * A deployment while tasks run: rows as the first row format stored them (fixtures, as they lay in the table), met by
 * the present code on DynamoDB Local.
 */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createEngine } from '../../../lambda/engine/api/create-engine.ts';
import type { WakeUp } from '../../../lambda/engine/ports.ts';
import { systemClock, systemIds } from '../../../lambda/engine/system.ts';
import { createWorker } from '../../../lambda/engine/worker/worker.ts';
import { createDeadLetterHandler } from '../../../lambda/functions/dead-letter.ts';
import { createWorkerHandler } from '../../../lambda/functions/worker.ts';
import { defineTool, ProtocolError } from '../../../lambda/index.ts';
import { parseWakeUp } from '../../../lambda/queue/wake-up.ts';
import { DynamoTaskStore } from '../../../lambda/tasks/dynamodb/index.ts';
import { toItemKey, toJournalItem } from '../../../lambda/tasks/dynamodb/items.ts';
import type { JournalEntry, TaskKey, TaskRow } from '../../../lambda/tasks/record.ts';
import { UnknownRowFormat } from '../../../lambda/tasks/stored.ts';
import type { Tool } from '../../../lambda/tool/types.ts';
import { createLongTimeoutClient, createTaskTable, getDynamoDbEndpoint } from '../../support/dynamodb.ts';
import { EMULATOR_TIMEOUT_MS } from '../../support/emulator.ts';

/** When the fixtures were stored (ms since the epoch). */
const STORED_AT = 1_780_000_000_000;
const CALLER = { owner: 'a94a8fe5ccb19ba61c4c0873d391e987', client: 'c0ffee' };

const table = `tasks-${randomUUID()}`;
const client = createLongTimeoutClient();
beforeAll(() => createTaskTable(getDynamoDbEndpoint(), table));
afterAll(() => client.destroy());

interface StoredFixture {
  readonly row: TaskRow;
  readonly journal: readonly JournalEntry[];
}

const readStoredFixture = (name: string): StoredFixture =>
  JSON.parse(readFileSync(new URL(`../../fixtures/rows/v1-${name}.json`, import.meta.url), 'utf8'));

/** Put the fixture where the previous version left it, past every check of the present one. */
async function storeFixture(name: string, changes: object = {}): Promise<TaskRow> {
  const { row, journal } = readStoredFixture(name);
  const kept = { ...row, ...changes };
  for (const item of [kept, ...journal.map(toJournalItem)])
    await client.send(new PutCommand({ TableName: table, Item: { ...item } }));
  return kept;
}

const readRawItem = async (key: TaskKey) =>
  (await client.send(new GetCommand({ TableName: table, Key: toItemKey(key) }))).Item;

let steps: string[] = [];
const placeOrder = defineTool(
  'place_order',
  {
    inputSchema: z.object({ item: z.string(), pieces: z.number() }),
    asks: ['elicitation'],
    onCancel: async ({ item }) => void steps.push(`cancelled ${item}`),
  },
  async ({ item, pieces }, task) => {
    const { shelf } = await task.step('reserve', () => {
      steps.push(`reserve ${item}`);
      return { shelf: 'A1' };
    });
    const sure = await task.elicit('confirm', {
      message: `Order ${pieces} of ${item} from ${shelf}?`,
      requestedSchema: z.object({ really: z.boolean() }),
    });
    if (sure.action !== 'accept') throw new ProtocolError(-32010, 'Not confirmed.');
    return { content: [{ type: 'text', text: `ordered ${pieces} ${item} from ${shelf}` }] };
  },
);

/** The present version, at a time after the fixtures were stored. */
function deployCurrentVersion({
  tools = [placeOrder],
  afterMs = 1_000,
}: {
  tools?: readonly Tool[];
  afterMs?: number;
} = {}) {
  steps = [];
  const sent: WakeUp[] = [];
  const clock = { ...systemClock, now: () => STORED_AT + afterMs };
  const parts = {
    store: new DynamoTaskStore({ client, table }),
    queue: { send: async (wakeUp: WakeUp) => void sent.push(wakeUp) },
    clock,
    ids: systemIds,
    log: () => {},
    hmac: async (text: string) => text,
  };
  const worker = createWorker({ ...parts, findTool: async (name) => tools.find((tool) => tool.name === name) });
  const put: number[] = [];
  const deliver = (wakeUp: WakeUp) =>
    worker.work({ wakeUp, receives: 1, reappearIn: async (ms) => void put.push(ms) }, clock.now() + 900_000);
  return {
    engine: createEngine(parts),
    deadline: clock.now() + 10_000,
    /** For how long messages were put back (ms). */
    put,
    deliver,
    /** Deliver what the engine sent. */
    work: async () => {
      for (let wakeUp = sent.shift(); wakeUp; wakeUp = sent.shift()) await deliver(wakeUp);
    },
  };
}

/** The message behind a row, with no more in it than the first version sent. */
function buildOldWakeUp({ partition, id, generation }: TaskRow): WakeUp {
  const body = JSON.stringify({ partition, task: id, generation, commitBy: STORED_AT });
  const parsed = parseWakeUp(body);
  if (!('wakeUp' in parsed)) throw new Error(parsed.reason);
  return parsed.wakeUp;
}

const accept = { confirm: { result: { action: 'accept', content: { really: true } } } };

describe('a row of the previous version is continued', () => {
  test('accepted and not yet run: it runs, asks and ends', async () => {
    const row = await storeFixture('working');
    const { engine, deliver, work, deadline } = deployCurrentVersion();
    expect(await deliver(buildOldWakeUp(row))).toBe('delete');
    expect(steps).toEqual(['reserve lamp']);
    expect((await engine.getTask(CALLER, row.id)).questions).toMatchObject({
      confirm: { params: { message: 'Order 2 of lamp from A1?' } },
    });
    await engine.answerTask(CALLER, row.id, accept, deadline);
    await work();
    expect(await engine.getTask(CALLER, row.id)).toMatchObject({
      status: 'completed',
      outcome: { result: { content: [{ text: 'ordered 2 lamp from A1' }] } },
    });
  });

  test('held by a run of the old code: left to it while its lease is live, taken over after that, no step repeated', async () => {
    const row = await storeFixture('held');
    const during = deployCurrentVersion({ afterMs: 20_000 });
    expect(await during.deliver(buildOldWakeUp(row))).toBe('keep');
    // First to the lease, as before each claim, then for as long as the old run's lease still lives.
    expect(during.put.at(-1)).toBe(40_000);
    expect(await readRawItem(row)).toEqual(row);

    const after = deployCurrentVersion({ afterMs: 61_000 });
    expect(await after.deliver(buildOldWakeUp(row))).toBe('delete');
    expect(steps).toEqual([]);
    expect((await after.engine.getTask(CALLER, row.id)).questions).toMatchObject({
      confirm: { params: { message: 'Order 1 of desk from B7?' } },
    });
  });

  test('parked with a question: the question is served as it was stored, and the answer ends the task', async () => {
    const row = await storeFixture('parked');
    const { engine, work, deadline } = deployCurrentVersion();
    const { questions } = await engine.getTask(CALLER, row.id);
    expect(questions).toEqual(JSON.parse(row.questions as string));
    await engine.answerTask(CALLER, row.id, accept, deadline);
    await work();
    expect(steps).toEqual([]);
    expect(await engine.getTask(CALLER, row.id)).toMatchObject({
      outcome: { result: { content: [{ text: 'ordered 4 chair from B7' }] } },
    });
  });

  test('cancelled with a clean-up owed: the clean-up runs once', async () => {
    const row = await storeFixture('cancelled');
    const { deliver } = deployCurrentVersion();
    expect(await deliver(buildOldWakeUp(row))).toBe('delete');
    expect(steps).toEqual(['cancelled rug']);
    expect(await deliver(buildOldWakeUp(row))).toBe('delete');
    expect(steps).toEqual(['cancelled rug']);
    expect(await readRawItem(row)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a row of the previous version that has ended stays as it is', () => {
  test.each(['completed', 'failed'])('%s', async (name) => {
    const row = await storeFixture(name);
    const { engine, deliver } = deployCurrentVersion({ afterMs: 120_000 });
    expect((await engine.getTask(CALLER, row.id)).outcome).toEqual(JSON.parse(row.outcome as string));
    expect(await deliver(buildOldWakeUp(row))).toBe('delete');
    expect(await readRawItem(row)).toEqual(row);
  });

  test('void: it is not a task, and still bars its id', async () => {
    const row = await storeFixture('void');
    const { engine, deliver } = deployCurrentVersion();
    await expect(engine.getTask(CALLER, row.id)).rejects.toMatchObject({ name: 'TaskNotFound' });
    expect(await deliver(buildOldWakeUp(row))).toBe('delete');
    expect(await readRawItem(row)).toEqual(row);
  });

  test('and all of them except the void one are in their owner’s list', async () => {
    const names = ['working', 'held', 'parked', 'cancelled', 'completed', 'failed', 'void'];
    const rows = await Promise.all(names.map((name) => storeFixture(name)));
    const { engine } = deployCurrentVersion();
    const { tasks } = await engine.listTasks(CALLER, { limit: 50 });
    const expected = rows.filter((row) => !row.void).map(({ id, status }) => [id, status]);
    expect(tasks.map(({ id, status }) => [id, status]).toSorted()).toEqual(expected.toSorted());
  });
});

describe('a tool that has changed since', () => {
  const changed = defineTool(
    'place_order',
    { inputSchema: z.object({ item: z.string(), pieces: z.number(), warehouse: z.string() }) },
    async () => ({ content: [{ type: 'text', text: 'never' }] }),
  );

  test('and does not accept the old arguments: the task fails with the reason', async () => {
    const row = await storeFixture('working');
    const { engine, deliver } = deployCurrentVersion({ tools: [changed] });
    expect(await deliver(buildOldWakeUp(row))).toBe('delete');
    expect(await engine.getTask(CALLER, row.id)).toMatchObject({
      status: 'failed',
      outcome: {
        error: {
          code: -32602,
          message: expect.stringMatching(/no longer fit tool place_order, which has changed since: .*warehouse/),
        },
      },
    });
  });

  test('or is gone: the task fails with the reason', async () => {
    const row = await storeFixture('working');
    const { engine, deliver } = deployCurrentVersion({ tools: [] });
    expect(await deliver(buildOldWakeUp(row))).toBe('delete');
    expect(await engine.getTask(CALLER, row.id)).toMatchObject({
      status: 'failed',
      outcome: { error: { message: expect.stringMatching(/defines no tool place_order: it was removed or renamed/) } },
    });
  });
});

describe('a row of a newer version', () => {
  /** Two versions run side by side for a while: this one must neither interpret the row nor harm it. */
  const newer = (changes: object = {}) => storeFixture('working', { id: `01kw${randomUUID()}`, v: 2, ...changes });

  test('is refused by every method, with the two formats named, and left as it is', async () => {
    const row = await newer();
    const { engine, deliver, deadline } = deployCurrentVersion();
    const says = new RegExp(`${row.id} is stored in row format 2; this version reads format 1`);
    await expect(engine.getTask(CALLER, row.id)).rejects.toThrow(says);
    await expect(engine.answerTask(CALLER, row.id, accept, deadline)).rejects.toThrow(says);
    await expect(engine.cancelTask(CALLER, row.id, deadline)).rejects.toThrow(UnknownRowFormat);
    await expect(deliver(buildOldWakeUp(row))).rejects.toThrow(says);
    expect(await readRawItem(row)).toEqual(row);
  });

  test('loses no message: worker and dead-letter function put it back for a function that can read the row', async () => {
    const row = await newer({ expiresAt: Number.MAX_SAFE_INTEGER });
    const env = {
      TABLE_NAME: table,
      QUEUE_URL: 'http://127.0.0.1:1/queue',
      PAYLOAD_FOLDER: tmpdir(),
      AWS_ENDPOINT_URL_DYNAMODB: getDynamoDbEndpoint(),
      EMULATOR_TIMEOUT_MS: String(EMULATOR_TIMEOUT_MS),
    };
    const event = { Records: [{ messageId: 'm1', body: JSON.stringify(buildOldWakeUp(row)), attributes: {} }] };
    const kept = { batchItemFailures: [{ itemIdentifier: 'm1' }] };
    const info = { name: 'orders', version: '1.0.0' };
    const worker = createWorkerHandler({ info, load: () => Promise.reject(new Error('not needed')) }, env);
    const sqs = event as unknown as SQSEvent;
    expect(await worker(sqs, { getRemainingTimeInMillis: () => 900_000 })).toEqual(kept);
    expect(await createDeadLetterHandler(env)(sqs)).toEqual(kept);
    expect(await readRawItem(row)).toEqual(row);
  });
});
