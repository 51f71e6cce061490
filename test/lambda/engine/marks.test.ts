/**
 * A write can succeed and its answer be lost: its own retry then fails its own condition. One test for each row
 * of the table of marks (docs/architecture.md): the write recognises its own earlier success, and no other write's.
 */
import { describe, expect, test } from 'vitest';
import type { Change, TaskStore, WriteResult } from '../../../lambda/tasks/store.ts';
import { answerChange } from '../../../lambda/tasks/writes/answer.ts';
import { cancelChange, cancelOwingChange, judgeCancel } from '../../../lambda/tasks/writes/cancel.ts';
import { claimChange, judgeClaim } from '../../../lambda/tasks/writes/claim.ts';
import { judgeCreate } from '../../../lambda/tasks/writes/create.ts';
import { handOverChange, isEndCommitted, parkChange, settleChange } from '../../../lambda/tasks/writes/end.ts';
import { heartbeatChange, stepChange, withdrawChange } from '../../../lambda/tasks/writes/held.ts';
import {
  buildAskingRow,
  buildHeldRow,
  buildQuestion,
  buildRow,
  createStoreWith,
  KEY,
  LEASE_MS,
  NOW,
  RETENTION_MS,
} from './rows.ts';

const run1 = { key: KEY, run: 'run-1', now: NOW };
const run2 = { key: KEY, run: 'run-2', now: NOW };

/** The write, its answer lost, and the same write again. */
async function updateTwice(store: TaskStore, change: Change): Promise<WriteResult> {
  expect(await store.update(change)).toMatchObject({ done: true });
  return store.update(change);
}

describe('create recognises itself by its nonce', () => {
  test('made again it is a success', async () => {
    const store = await createStoreWith(buildRow());
    const again = await store.insert(buildRow());
    expect(again.done).toBe(false);
    expect(judgeCreate(again, 'nonce-1')).toBe('created');
  });

  test('where another row is it is barred', async () => {
    const store = await createStoreWith(buildRow({ nonce: 'void', void: true }));
    expect(judgeCreate(await store.insert(buildRow()), 'nonce-1')).toBe('barred');
  });
});

describe('claim recognises itself by its run', () => {
  const claim = { key: KEY, generation: 1, commitBy: NOW, run: 'run-1', now: NOW, leaseMs: LEASE_MS };

  test('made again it is a success that counts once', async () => {
    const again = await updateTwice(await createStoreWith(buildRow()), claimChange(claim));
    expect(again.done).toBe(false);
    expect(judgeClaim(again, claim)).toMatchObject({ is: 'claimed', row: { run: 'run-1', failures: 1 } });
  });

  test('where another run holds the task it waits', async () => {
    const other = { ...claim, run: 'run-2' };
    const store = await createStoreWith(buildHeldRow());
    expect(judgeClaim(await store.update(claimChange(other)), other)).toEqual({ is: 'leased', forMs: LEASE_MS });
  });
});

describe('a heartbeat needs no mark', () => {
  test('made again it leaves the same row', async () => {
    const store = await createStoreWith(buildHeldRow());
    const change = heartbeatChange({ ...run1, now: NOW + 1 }, LEASE_MS);
    const first = await store.update(change);
    expect(await store.update(change)).toEqual(first);
  });

  test('of another run is refused', async () => {
    expect(await (await createStoreWith(buildHeldRow())).update(heartbeatChange(run2, LEASE_MS))).toMatchObject({
      done: false,
    });
  });
});

describe('a step recognises itself by its transaction token', () => {
  const entry = { task: 't1', id: 'step:a#1', value: '{"v":1}', ttl: 1 };
  const change = stepChange(run1, LEASE_MS);

  test('made again it is a success that counts once', async () => {
    const store = await createStoreWith(buildHeldRow());
    expect(await store.record(change, entry, 'token')).toMatchObject({ done: true });
    expect(await store.record(change, entry, 'token')).toMatchObject({ done: true });
    expect(await store.read(KEY)).toMatchObject({ entries: 1, failures: 0 });
    expect(await store.journal('t1')).toEqual([entry]);
  });

  test('of a run that has ended is refused, and records nothing', async () => {
    const store = await createStoreWith(buildHeldRow());
    const { key, when, ...rest } = stepChange(run2, LEASE_MS);
    expect(await store.record({ key, when, ...rest }, entry, 'token')).toMatchObject({ done: false });
    expect(await store.journal('t1')).toEqual([]);
  });
});

describe('the end of a run recognises itself by endedBy', () => {
  const park = { revision: 0, questions: JSON.stringify({ q: buildQuestion() }), status: 'input_required' as const };
  const sleep = { revision: 0, questions: '{}', status: 'working' as const, timer: { generation: 2, wakeAt: NOW + 9 } };
  const settle = { status: 'completed' as const, outcome: '{"result":{}}', retentionMs: RETENTION_MS };

  test.each<[string, (run: typeof run1) => Change]>([
    ['park', (run) => parkChange(run, park)],
    ['sleep', (run) => parkChange(run, sleep)],
    ['hand over', (run) => handOverChange(run, 2)],
    ['settle', (run) => settleChange(run, settle)],
  ])('%s', async (_, changeOf) => {
    const store = await createStoreWith(buildHeldRow());
    const again = await updateTwice(store, changeOf(run1));
    expect(again.done).toBe(false);
    expect(isEndCommitted(again, 'run-1')).toBe(true);

    // Neither a run that was superseded before, nor one that never held the task, takes this end for its own.
    expect(isEndCommitted(await store.update(changeOf(run2)), 'run-2')).toBe(false);
    expect(isEndCommitted(await (await createStoreWith(buildHeldRow())).update(changeOf(run2)), 'run-2')).toBe(false);
  });

  test('withdrawing questions does not end it: made again it finds them withdrawn', async () => {
    const change = withdrawChange(run1, 0, JSON.stringify({ q: buildQuestion({ withdrawn: true }) }), 'working');
    const again = await updateTwice(await createStoreWith(buildHeldRow()), change);
    expect(again).toMatchObject({ done: false, row: { run: 'run-1', revision: 1 } });
    expect(JSON.parse(again.row?.questions as string)).toMatchObject({ q: { withdrawn: true } });
  });
});

describe('an answer recognises itself by the question that has it', () => {
  const answered = JSON.stringify({ q: buildQuestion({ answer: { result: { action: 'decline' } } }) });
  const answer = {
    key: KEY,
    now: NOW,
    revision: 1,
    generation: 1,
    questions: answered,
    status: 'working' as const,
    wakes: true,
  };

  test('made again it is refused, and the question it then reads has its answer', async () => {
    const again = await updateTwice(
      await createStoreWith(buildAskingRow({ q: buildQuestion() })),
      answerChange(answer),
    );
    expect(again).toMatchObject({ done: false, row: { questions: answered, generation: 2, revision: 2 } });
    expect(again.row?.parked).toBeUndefined();
  });

  test('is refused where another answer came first: both are stored after reading again', async () => {
    const store = await createStoreWith(buildAskingRow({ q: buildQuestion(), r: buildQuestion() }));
    const first = JSON.stringify({ q: buildQuestion({ answer: { result: {} } }), r: buildQuestion() });
    const partial = { ...answer, questions: first, status: 'input_required' as const, wakes: false };
    expect((await store.update(answerChange(partial))).done).toBe(true);
    const second = await store.update(answerChange(answer));
    expect(second).toMatchObject({ done: false, row: { questions: first, revision: 2, parked: true } });
  });

  test('is refused once its wake-up was made impossible', async () => {
    const store = await createStoreWith(buildAskingRow({ q: buildQuestion() }, { generation: 2 }));
    expect((await store.update(answerChange(answer))).done).toBe(false);
  });
});

describe('a cancel recognises itself by endedBy', () => {
  const cancel = { key: KEY, mark: 'request-1', now: NOW, retentionMs: RETENTION_MS };

  test('made again it is a success', async () => {
    const again = await updateTwice(await createStoreWith(buildHeldRow()), cancelChange(cancel));
    expect(again.done).toBe(false);
    expect(judgeCancel(again, cancel)).toEqual({ is: 'cancelled' });
  });

  test('that owes a clean-up is one too', async () => {
    const again = await updateTwice(
      await createStoreWith(buildRow({ cleanUp: 'onCancel' })),
      cancelOwingChange(cancel, 1),
    );
    expect(again).toMatchObject({ done: false, row: { cleanUp: 'owed', generation: 2 } });
    expect(judgeCancel(again, cancel)).toEqual({ is: 'cancelled' });
  });

  test('of another request finds the task terminal', async () => {
    const store = await createStoreWith(buildHeldRow());
    await store.update(cancelChange({ ...cancel, mark: 'request-0' }));
    expect(judgeCancel(await store.update(cancelChange(cancel)), cancel)).toEqual({ is: 'alreadyTerminal' });
  });

  test('finds no row where there is none, nor a void or expired one', async () => {
    for (const row of [buildRow({ void: true }), buildRow({ expiresAt: NOW }), buildRow({ partition: 'elsewhere' })])
      expect(judgeCancel(await (await createStoreWith(row)).update(cancelChange(cancel)), cancel)).toEqual({
        is: 'notFound',
      });
  });

  test('of a tool that has to clean up finds the task open: the message for the clean-up goes first', async () => {
    const row = buildRow({ cleanUp: 'onCancel' });
    const written = await (await createStoreWith(row)).update(cancelChange(cancel));
    expect(judgeCancel(written, cancel)).toEqual({ is: 'open', row });
  });
});
