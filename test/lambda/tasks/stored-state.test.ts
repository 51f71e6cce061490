/**
 * A deployment while tasks run. What version 0.1.0 of the package left behind (the fixture) is put back where it was,
 * and the present functions take it up: rows and journals in the table, messages in the queue, files in the payload
 * folder. What clients had been given to bring back: `stored-for-clients.test.ts`.
 */
import { describe, expect, test, vi } from 'vitest';
import { fixture } from './stored/fixture.ts';
import { completed, later, MINUTE, NOT_FOUND, useUpgrade } from './stored/upgraded.ts';

const upgraded = useUpgrade();

/** Rows of tasks, as far as they are compared. */
const rows = Object.values(fixture.left)
  .flatMap(({ items }) => items)
  .filter(({ tool, void: barred, state }) => tool && !barred && !state)
  .map((item) => ({
    partition: item.partition?.S,
    taskId: String(item.id?.S),
    status: item.status?.S,
    createdAt: new Date(Number(item.createdAt?.N)).toISOString(),
    toolError: item.toolError?.BOOL ?? false,
  }))
  .sort((a, b) => (a.taskId < b.taskId ? 1 : -1));
const ofAda = rows.filter(({ partition }) => partition === fixture.left.asked?.items[0]?.partition?.S);

describe('clients see the stored tasks', () => {
  test('tasks/get shows every task as it was left', async () => {
    const { get } = await upgraded('asked');
    expect(ofAda.length).toBeGreaterThan(15);
    for (const { taskId, status, createdAt } of ofAda)
      expect(await get(taskId)).toMatchObject({ taskId, status, createdAt });
  });

  test('tasks/list shows all of an owner’s tasks, newest first, and no barred one', async () => {
    const { classic } = await upgraded('asked');
    const { messages } = await classic('ada', { id: 1, method: 'tasks/list' });
    expect(messages[0].result.tasks).toMatchObject(
      ofAda.map(({ taskId, status, toolError }) => ({ taskId, status: toolError ? 'failed' : status })),
    );
  });

  test('a cursor of tasks/list is accepted', async () => {
    const { classic, id, given } = await upgraded('listed');
    const { messages } = await classic('grace', { id: 1, method: 'tasks/list', params: { cursor: given('cursor') } });
    expect(messages[0].result).toMatchObject({ tasks: [{ taskId: id, status: 'working' }] });
    expect(messages[0].result.nextCursor).toBeUndefined();
  });

  test('a task expires when it was due to expire', async () => {
    const { get, items, modern, id } = await upgraded('asked');
    const expiresAt = Number(items[0]?.expiresAt?.N);
    vi.setSystemTime(expiresAt - 1);
    expect(await get()).toMatchObject({ status: 'input_required' });
    vi.setSystemTime(expiresAt);
    expect((await modern('ada', 'tasks/get', { taskId: id })).error).toEqual(NOT_FOUND);
  });

  test('a barred id is not a task', async () => {
    const { modern, id } = await upgraded('void');
    expect((await modern('ada', 'tasks/get', { taskId: id })).error).toEqual(NOT_FOUND);
  });
});

describe('an outcome is delivered byte for byte as before', () => {
  test('by tasks/result and by tasks/get, from the row', async () => {
    const { classic, modern, id, given } = await upgraded('completed');
    const request = { id: 3, method: 'tasks/result', params: { taskId: id } };
    const session = given('session');
    expect((await classic('ada', request, { session })).body).toBe(given('result'));
    expect((await modern('ada', 'tasks/get', { taskId: id })).body).toBe(given('get'));
  });

  test('by tasks/result and by tasks/get, from the payload store', async () => {
    const { classic, modern, id, given, payloads } = await upgraded('completedLarge');
    const [outcome = ''] = Object.values(payloads);
    const content = outcome.slice('{"result":{'.length, -'}}'.length);
    expect(content.length).toBeGreaterThan(16_384);
    const request = { id: 3, method: 'tasks/result', params: { taskId: id } };
    const session = given('session');
    expect((await classic('ada', request, { session })).body).toContain(content);
    expect((await modern('ada', 'tasks/get', { taskId: id })).body).toContain(content);
  });

  test.each([
    ['a task that failed', 'failed'],
    ['a tool error', 'toolError'],
  ])('of %s', async (_, which) => {
    const { modern, id, given } = await upgraded(which);
    expect((await modern('ada', 'tasks/get', { taskId: id })).body).toBe(given('get'));
  });
});

describe('a worker continues where a task was', () => {
  test('one in the queue runs', async () => {
    const { work, get, done } = await upgraded('queued');
    expect(await work()).toEqual([]);
    expect(done).toEqual(['open', 'read', 'write']);
    expect(await get()).toMatchObject(completed('movies.csv: 3 rows from bird 0'));
  });

  test('one whose arguments are in the payload store runs', async () => {
    const { work, get } = await upgraded('queuedLarge');
    expect(await work()).toEqual([]);
    const { confirm } = (await get()).inputRequests;
    expect(confirm.params.message).toMatch(/^Order 1 of a shelf, (pine ){849}pine from A1\?$/);
  });

  test('one of an anonymous caller runs', async () => {
    const { work, get } = await upgraded('anonymous', 'nobody');
    expect(await work()).toEqual([]);
    expect(await get()).toMatchObject(completed('cars.csv: 2 rows from bird 0'));
  });

  test('one of an owner who is spread over shards is found and runs', async () => {
    const { work, get, classic, id } = await upgraded('sharded', 'role');
    expect(await work()).toEqual([]);
    expect(await get()).toMatchObject(completed('flights.csv: 2 rows from bird 0'));
    const { messages } = await classic('role', { id: 1, method: 'tasks/list' });
    expect(messages[0].result.tasks).toMatchObject([{ taskId: id, status: 'completed' }]);
  });

  test('one whose run died is left alone while the lease is live, and then continues; no recorded step runs again', async () => {
    const { work, get, done } = await upgraded('died');
    expect(await work()).toHaveLength(1);
    expect(done).toEqual([]);
    later(MINUTE);
    expect(await work()).toEqual([]);
    expect(done).toEqual(['write']);
    expect(await get()).toMatchObject(completed('birdstrikes.csv: 1470 rows from bird 0'));
  });

  test('one that sleeps is woken when it is due, though its message comes earlier', async () => {
    const { work, get, done } = await upgraded('asleep');
    later(15 * MINUTE);
    expect(await work()).toEqual([]);
    expect(await get()).toMatchObject({ status: 'working' });
    later(20 * MINUTE);
    expect(await work()).toEqual([]);
    expect(done).toEqual([]);
    expect(await get()).toMatchObject(completed('slept for 20 minutes'));
  });

  test('one that waits before the next attempt of a step makes it; a recorded error is thrown again', async () => {
    const { work, get, done } = await upgraded('retrying');
    expect(await work()).toEqual([]);
    later(MINUTE);
    expect(await work()).toEqual([]);
    expect(done).toEqual(['fetch']);
    expect(await get()).toMatchObject(completed('the file after RangeError: too far'));
  });

  test('one that was answered and not woken continues with the answer', async () => {
    const { work, get, done } = await upgraded('answered');
    expect(await get()).toMatchObject({ status: 'working' });
    expect(await work()).toEqual([]);
    expect(done).toEqual([]);
    expect(await get()).toMatchObject(completed('ordered 3 of door from A1'));
  });

  test('one that was cancelled has its clean-up run', async () => {
    const { work, get, done } = await upgraded('cancelled');
    expect(await work()).toEqual([]);
    expect(done).toEqual(['cancel gate']);
    expect(await get()).toMatchObject({ status: 'cancelled' });
  });

  test('a message whose row never came is kept until its sender is late, and then dropped', async () => {
    const { work, modern, id, messages } = await upgraded('orphan');
    expect(await work()).toEqual([messages[0]?.MessageBody]);
    later(MINUTE);
    expect(await work()).toEqual([]);
    later(60 * MINUTE);
    expect(await work()).toEqual([]);
    expect((await modern('ada', 'tasks/get', { taskId: id })).error).toEqual(NOT_FOUND);
  });

  test('a message that ended in the dead-letter queue is sent again, and its task runs', async () => {
    const { redrive, work, get } = await upgraded('queued');
    expect(await redrive()).toBe(0);
    later(2 * MINUTE);
    expect(await work()).toEqual([]);
    expect(await get()).toMatchObject({ status: 'completed' });
  });
});
