/**
 * A deployment while clients wait. What version 0.1.0 of the package gave to clients and outside systems, to be brought
 * back with a later request, is accepted by the present functions: session ids, event ids, ids of questions, tokens,
 * sealed state, idempotency keys.
 */
import { describe, expect, test, vi } from 'vitest';
import { completed, later, MINUTE, NOT_FOUND, said, useUpgrade } from './stored/upgraded.ts';

const upgraded = useUpgrade();
const YES = { action: 'accept', content: { really: true } };

describe('a session', () => {
  test('is accepted by its MCP-Session-Id, which holds what its client can be asked', async () => {
    const { classic, given } = await upgraded('completed');
    const call = {
      id: 1,
      method: 'tools/call',
      params: { name: 'order', arguments: { item: 'pen', pieces: 1 }, task: {} },
    };
    const { messages } = await classic('ada', call, { session: given('session') });
    expect(messages[0].result.task).toMatchObject({ status: 'working' });
    expect((await classic('ada', call)).messages[0].error.code).toBe(-32602);
  });
});

describe('an answer is accepted', () => {
  test('to the question of a parked task, which is served as it was stored', async () => {
    const { get, modern, work, done, id, items } = await upgraded('asked');
    const { confirm } = JSON.parse(items[0]?.questions?.S as string);
    expect((await get()).inputRequests).toEqual({ confirm });
    await modern('ada', 'tasks/update', { taskId: id, inputResponses: { confirm: YES } });
    expect(await work()).toEqual([]);
    expect(done).toEqual([]);
    expect(await get()).toMatchObject(completed('ordered 2 of lamp from A1'));
  });

  test('to a question in the payload store', async () => {
    const { get, modern, work, done, id } = await upgraded('askedAtLength');
    const { confirm } = (await get()).inputRequests;
    expect(confirm.params.message).toMatch(/^Order 1 of a desk, (oak ){1049}oak from A1\?$/);
    await modern('ada', 'tasks/update', { taskId: id, inputResponses: { confirm: YES } });
    expect(await work()).toEqual([]);
    expect(done).toEqual([]);
    expect((await get()).result.content[0].text).toMatch(/^ordered 1 of a desk, oak .* from A1$/);
  });

  test('from no client but the task’s own; a parked task can be cancelled, and cleans up', async () => {
    const { get, modern, work, done, id } = await upgraded('asked');
    const stranger = await modern('grace', 'tasks/update', { taskId: id, inputResponses: { confirm: YES } });
    expect(stranger.error).toEqual(NOT_FOUND);
    await modern('ada', 'tasks/cancel', { taskId: id });
    expect(await get()).toMatchObject({ status: 'cancelled' });
    expect(await work()).toEqual([]);
    expect(done).toEqual(['cancel lamp']);
  });

  test('from an outside system, by the token of its wait', async () => {
    const { get, external, work, done, given } = await upgraded('waiting');
    const token = given('token');
    await external({ token, action: 'progress', message: 'Half way' });
    expect(await get()).toMatchObject({ status: 'working', statusMessage: 'Half way' });
    await external({ token, action: 'complete', value: 'a picture' });
    expect(await work()).toEqual([]);
    expect(done).toEqual([]);
    expect(await get()).toMatchObject(completed('job-7 gave a picture'));
  });
});

describe('a stream of 2025-11-25 is resumed by the id of its last event', () => {
  test('of tasks/result: the answer to the question that was asked on it ends the task', async () => {
    const { classic, work, done, given } = await upgraded('streamed');
    const at = { session: given('session'), lastEventId: given('lastEventId') };
    const { messages: before, lastEventId } = await classic('ada', undefined, at);
    expect(before).toEqual([]);
    expect((await classic('ada', { id: given('questionId'), result: YES }, at)).status).toBe(202);
    expect(await work()).toEqual([]);
    const { messages } = await classic('ada', undefined, { ...at, lastEventId });
    expect(done).toEqual([]);
    expect(messages).toMatchObject([{ id: 12, result: said('ordered 4 of chair from A1') }]);
  });

  test('of an in-place call that asked: the answer ends it', async () => {
    const { classic, done, given } = await upgraded('call');
    const at = { session: given('session'), lastEventId: given('lastEventId') };
    expect((await classic('ada', { id: given('questionId'), result: YES }, at)).status).toBe(202);
    const { messages } = await classic('ada', undefined, at);
    expect(done).toEqual([]);
    expect(messages).toMatchObject([{ id: 21, result: said('ordered 1 of rug from A1') }]);
  });

  test('of an in-place call that an anonymous caller has answered already', async () => {
    const { classic, done, given } = await upgraded('callAnswered', 'nobody');
    const at = { session: given('session'), lastEventId: given('lastEventId') };
    const { messages } = await classic('nobody', undefined, at);
    expect(done).toEqual([]);
    expect(messages).toMatchObject([{ id: 22, result: said('ordered 1 of sofa from A1') }]);
  });

  test('of a call whose prepare asked: the answer creates the task', async () => {
    const { classic, work, get, given } = await upgraded('preparing');
    const at = { session: given('session'), lastEventId: given('lastEventId') };
    const seat = { action: 'accept', content: { seat: '12A' } };
    expect((await classic('ada', { id: given('questionId'), result: seat }, at)).status).toBe(202);
    const { messages } = await classic('ada', undefined, at);
    expect(messages).toMatchObject([{ id: 23, result: { task: { status: 'working' } } }]);
    expect(await work()).toEqual([]);
    expect(await get(messages[0].result.task.taskId)).toMatchObject(completed('booked 12A on LH 1'));
  });
});

describe('a requestState of 2026-07-28 is accepted', () => {
  test('of a call that runs in its round trips: no recorded step is run again', async () => {
    const { modern, done, given } = await upgraded('roundTrip');
    const call = { name: 'order', arguments: { item: 'bed', pieces: 1 } };
    const answers = { requestState: given('requestState'), inputResponses: { confirm: YES } };
    const { result } = await modern('ada', 'tools/call', { ...call, ...answers }, { tasks: false });
    expect(done).toEqual([]);
    expect(result).toMatchObject({ resultType: 'complete', ...said('ordered 1 of bed from A1') });
  });

  test('of a call whose prepare asked: the answer creates the task', async () => {
    const { modern, work, get, given } = await upgraded('prepareRoundTrip');
    const inputResponses = { seat: { action: 'accept', content: { seat: '7F' } } };
    const call = { name: 'book', arguments: { flight: 'LH 2' }, requestState: given('requestState'), inputResponses };
    const { result } = await modern('ada', 'tools/call', call);
    expect(result).toMatchObject({ resultType: 'task', status: 'working' });
    expect(await work()).toEqual([]);
    expect(await get(result.taskId)).toMatchObject(completed('booked 7F on LH 2'));
  });

  test('of a call whose task asked: the answer is the task’s', async () => {
    const { modern, work, get, done, given } = await upgraded('handedOff');
    const call = { name: 'order_soon', arguments: { item: 'cup', pieces: 6 } };
    const answers = { requestState: given('requestState'), inputResponses: { confirm: YES } };
    const answer = modern('ada', 'tools/call', { ...call, ...answers }, { tasks: false });
    // The request waits for the outcome: the worker is given its message meanwhile.
    await vi.waitUntil(async () => (await get()).status === 'working', { timeout: 600_000 });
    expect(await work()).toEqual([]);
    expect(await get()).toMatchObject(completed('ordered 6 of cup from A1'));
    expect((await answer).result).toMatchObject(said('ordered 6 of cup from A1'));
    expect(done).toEqual([]);
  });
});

describe('an idempotency key is remembered', () => {
  const KEY = 'import-2026-06-01';
  const call = { name: 'import_dataset', arguments: { dataset: 'birdstrikes', limit: 3 } };

  test.each([
    ['_meta', { meta: { 'io.github.durable-mcp-tasks/idempotencyKey': KEY } }],
    ['a header', { headers: { 'idempotency-key': KEY } }],
  ])('a call that is sent again with it in %s gets the same task, and nothing runs', async (_, more) => {
    const { modern, work, done, id } = await upgraded('once');
    expect((await modern('ada', 'tools/call', call, more)).result.taskId).toBe(id);
    later(2 * MINUTE);
    expect(await work()).toEqual([]);
    expect(done).toEqual([]);
  });

  test('another call with it is refused', async () => {
    const { modern } = await upgraded('once');
    const other = { name: 'import_dataset', arguments: { dataset: 'birdstrikes', limit: 4 } };
    const { error } = await modern('ada', 'tools/call', other, { headers: { 'idempotency-key': KEY } });
    expect(error.code).toBe(-31002);
  });
});
