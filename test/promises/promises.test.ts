/** The promises of `docs/guarantees.md`, one test each, through HTTP against real processes on DynamoDB Local. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { TaskNotFound } from '../../lambda/engine/errors.ts';
import { defineTool } from '../../lambda/index.ts';
import { createTestEngine } from '../support/engine.ts';
import { useTestStack } from '../support/stack.ts';
import { createWireClient, type ExtensionTask, type WireClient } from './wire-client.ts';

const LEASE_MS = 3_000;
const HEARTBEAT_MS = 500;

const getStack = useTestStack({
  server: fileURLToPath(new URL('server.ts', import.meta.url)),
  environment: { LEASE_MS: String(LEASE_MS), HEARTBEAT_MS: String(HEARTBEAT_MS) },
  workers: 3,
  apiProcesses: 2,
});
const createStackClient = (): WireClient => createWireClient(getStack().url);
const folder = mkdtempSync(join(tmpdir(), 'promises-'));
afterAll(() => rmSync(folder, { recursive: true }));
/** Resolves when the tool has written `word` to `file`. */
const waitForWord = (file: string, word: string) =>
  vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toContain(word), { timeout: 600_000 });
const emptyTool = defineTool('t', {}, async () => ({ content: [] }));

describe('promise', () => {
  test('1. An acknowledged task always resolves, at once, from any instance', async () => {
    const { call, get } = createStackClient();
    // Requests alternate between two API processes.
    for (let i = 0; i < 10; i += 1) {
      const { taskId } = await call('wait', { ms: 1 });
      expect((await get(taskId)).taskId).toBe(taskId);
    }
  });

  test('2. An acknowledged task always runs: a crash at any point loses nothing', async () => {
    const { call, waitForEnd } = createStackClient();
    const { taskId } = await call('survives');
    expect(await waitForEnd(taskId)).toMatchObject({ status: 'completed' });
  });

  test('3. One terminal transition; a terminal task never changes', async () => {
    const { call, get, cancel, waitForEnd } = createStackClient();
    const { taskId } = await call('wait', { ms: 1 });
    const end = await waitForEnd(taskId);
    expect(end.status).toBe('completed');
    await cancel(taskId);
    await cancel(taskId);
    expect(await get(taskId)).toEqual(end);
  });

  test('4. A stale or ended run changes nothing', async () => {
    const { call, get, cancel } = createStackClient();
    const file = join(folder, 'stale');
    const { taskId } = await call('wait', { ms: 600_000, file });
    await waitForWord(file, 'began');
    await cancel(taskId);
    const end = await get(taskId);
    // The run that was at work ends after the cancel and has its result discarded.
    await waitForWord(file, 'ended');
    await wait(500);
    expect(await get(taskId)).toEqual(end);
    expect(end.status).toBe('cancelled');
  });

  test('5. A step runs at least once until recorded and never after; an outcome is recorded exactly once', async () => {
    const { call, waitForEnd } = createStackClient();
    const { taskId } = await call('survives');
    const { result } = await waitForEnd(taskId);
    const delivered = JSON.parse((result?.content as { text: string }[] | undefined)?.[0]?.text ?? '{}') as Record<
      string,
      string
    >;
    const journal = await readJournalItems(taskId);
    expect(Object.keys(journal).sort()).toEqual([
      'step:before#1',
      'step:first worker#1',
      'step:left#1',
      'step:right#1',
    ]);
    for (const name of ['before', 'left', 'right'])
      expect(JSON.parse(journal[`step:${name}#1`] as string)).toEqual({ v: delivered[name] });
  });

  test('6. Nothing is stuck: worker death, poison input and time-outs end in a result or a `failed` that says why', async () => {
    const { call, waitForEnd } = createStackClient();
    const [killer, thrower] = [await call('kills'), await call('throws')];
    expect(await waitForEnd(thrower.taskId)).toMatchObject({ status: 'completed', result: { isError: true } });
    const end = await waitForEnd(killer.taskId);
    expect(end).toMatchObject({ status: 'failed', error: { code: -32603 } });
    expect(end.error?.message).toContain('2 consecutive runs ended without reporting a result');
  });

  test('7. Waiting in the queue is never mistaken for being stuck', async () => {
    const { call, waitForEnd } = createStackClient();
    // Three workers, and each task takes longer than a lease: the last ones wait in the queue for several leases.
    const tasks = await Promise.all(Array.from({ length: 9 }, () => call('wait', { ms: LEASE_MS + 500 })));
    for (const { taskId } of tasks) expect(await waitForEnd(taskId)).toMatchObject({ status: 'completed' });
  });

  test('8. A cancel is acknowledged at once and aborts the worker within a heartbeat', async () => {
    const { call, cancel, get, waitForEnd } = createStackClient();
    const files = ['first', 'second', 'third'].map((name) => join(folder, name));
    const tasks = await Promise.all(files.map((file) => call('wait', { ms: 600_000, file })));
    for (const file of files) await waitForWord(file, 'began');
    for (const { taskId } of tasks) {
      await cancel(taskId);
      expect((await get(taskId)).status).toBe('cancelled');
    }
    // All three workers were busy for ten minutes; they are free again.
    const { taskId } = await call('wait', { ms: 1 });
    expect(await waitForEnd(taskId)).toMatchObject({ status: 'completed' });
  });

  test('9. Expiry is exact and never undone; a finished result stays for its retention', async () => {
    const { call, requestError, waitForEnd } = createStackClient();
    const running = await call('expires', { ms: 20_000 });
    expect(running.ttlMs).toBe(3_000);
    let end: ExtensionTask | undefined;
    const ignoreExpired = (reason: Error) => {
      if (!reason.message.includes('-32602')) throw reason;
      return undefined;
    };
    // On a busy machine one may expire before its run: the next one is as good.
    while (!end) end = await waitForEnd((await call('expires', { ms: 1 })).taskId).catch(ignoreExpired);
    expect(end.status).toBe('completed');
    expect(end.ttlMs).toBe(Date.parse(end.lastUpdatedAt) + 4_000 - Date.parse(end.createdAt));
    expect(end.ttlMs).toBeGreaterThan(running.ttlMs);
    for (const { taskId, createdAt, ttlMs } of [running, end]) {
      const expiresAt = Date.parse(createdAt) + ttlMs;
      // Every request before the expiry finds it, and none after.
      for (let refused = false; !refused; await wait(20)) {
        const requestedAt = Date.now();
        const refusal = await requestError('tasks/get', taskId);
        refused = refusal !== undefined;
        expect(refused ? Date.now() : Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(expiresAt);
        expect(refused ? 0 : requestedAt).toBeLessThan(expiresAt);
        if (refused) expect(refusal).toMatchObject({ code: -32602 });
      }
    }
  });

  test('10. Another caller’s task is indistinguishable from one that does not exist', async () => {
    const { engine, start } = createTestEngine([emptyTool]);
    const { id } = await start(emptyTool, { caller: { owner: 'mine' } });
    const deadline = Date.now() + 600_000;
    for (const caller of [{ owner: 'yours' }, {}])
      for (const attempt of [
        engine.getTask(caller, id),
        engine.cancelTask(caller, id, deadline),
        engine.answerTask(caller, id, {}, deadline),
      ])
        await expect(attempt).rejects.toThrow(TaskNotFound);
    expect((await engine.getTask({ owner: 'mine' }, id)).status).toBe('working');
  });

  test('11. A retried call creates no second task', async () => {
    const { start, store } = createTestEngine([emptyTool]);
    const call = () => start(emptyTool, { caller: { owner: 'me' }, idempotencyKey: 'once' });
    const tasks = await Promise.all([call(), call(), call()]);
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(1);
    expect((await store.list('owner#me', { limit: 5 })).rows).toHaveLength(1);
  });

  test('12. Input is accepted on any instance, and no worker waits for it', async () => {
    const { call, waitForEnd, waitForStatus, update } = createStackClient();
    // More questions than workers: if each question held a worker, the last ones would never be asked.
    const tasks = await Promise.all(Array.from({ length: 8 }, () => call('asks')));
    for (const { taskId } of tasks) await waitForStatus(taskId, 'input_required');
    for (const { taskId } of tasks) {
      await update(taskId, { q: { action: 'accept', content: { value: taskId } } });
      const end = await waitForEnd(taskId);
      expect(JSON.stringify(end.result)).toContain(taskId);
    }
  });

  test('13. A result that fits Lambda’s serialized response is delivered; a larger one becomes a resource link', async () => {
    const { call, waitForEnd } = createStackClient();
    // Each of its characters is escaped twice on the way out of Lambda.
    const fits = await waitForEnd((await call('large', { bytes: 1_000_000 })).taskId);
    expect((fits.result?.content as { text: string }[] | undefined)?.[0]?.text).toHaveLength(1_000_000);
    const linked = await waitForEnd((await call('large', { bytes: 8_000_000 })).taskId);
    expect(linked.result?.content).toMatchObject([
      { type: 'resource_link', uri: expect.stringMatching(/^(file|https?):/) },
    ]);
  });

  test('14. One owner’s backlog does not delay another beyond runs already started', async () => {
    const sent: (string | undefined)[] = [];
    const { start } = createTestEngine([emptyTool], { maxOpenTasks: 3 }, (options) => void sent.push(options.group));
    for (let i = 0; i < 3; i += 1) await start(emptyTool, { caller: { owner: 'busy' } });
    await start(emptyTool, { caller: { owner: 'other' } });
    // SQS fair queues hold back the group with the backlog; each owner also has a limit.
    expect(sent).toEqual(['busy', 'busy', 'busy', 'other']);
    await expect(start(emptyTool, { caller: { owner: 'busy' } })).rejects.toThrow('Too many open tasks');
  });
});

async function readJournalItems(taskId: string): Promise<Record<string, string>> {
  const database = new DynamoDBClient({ endpoint: getStack().dynamodbEndpoint });
  const { Items = [] } = await database.send(
    new QueryCommand({
      TableName: getStack().tableName,
      ConsistentRead: true,
      KeyConditionExpression: '#partition = :partition',
      ExpressionAttributeNames: { '#partition': 'partition' },
      ExpressionAttributeValues: { ':partition': { S: `journal#${taskId}` } },
    }),
  );
  return Object.fromEntries(Items.map((item) => [item.id?.S as string, item.value?.S as string]));
}
