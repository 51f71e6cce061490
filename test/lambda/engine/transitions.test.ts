/** What each write changes, and that none of them leaves a terminal state, revives a task or makes one. */
import { describe, expect, test } from 'vitest';
import type { TaskRow } from '../../../lambda/tasks/record.ts';
import type { Change } from '../../../lambda/tasks/store.ts';
import { answerChange } from '../../../lambda/tasks/writes/answer.ts';
import { buildVoidRow, overtakeChange } from '../../../lambda/tasks/writes/bar.ts';
import {
  cancelChange,
  cancelOwingChange,
  claimCleanUpChange,
  cleanedUpChange,
  cleanUpHeartbeatChange,
} from '../../../lambda/tasks/writes/cancel.ts';
import { claimChange } from '../../../lambda/tasks/writes/claim.ts';
import { toTtlSeconds } from '../../../lambda/tasks/writes/create.ts';
import { handOverChange, parkChange, settleChange } from '../../../lambda/tasks/writes/end.ts';
import { heartbeatChange, judgeLost, stepChange, withdrawChange } from '../../../lambda/tasks/writes/held.ts';
import {
  buildAskingRow,
  buildHeldRow,
  buildQuestion,
  buildRow,
  createStoreWith,
  KEY,
  LEASE_MS,
  LIFETIME_MS,
  NOW,
  RETENTION_MS,
} from './rows.ts';

const LATER = NOW + 5_000;
const run = { key: KEY, run: 'run-1', now: LATER };
const settled = { status: 'completed', outcome: '{"result":{}}', retentionMs: RETENTION_MS } as const;
const parked = { revision: 0, questions: '{}', status: 'working' } as const;
const answered = { key: KEY, now: LATER, revision: 0, generation: 1, questions: '{}', status: 'working' } as const;
const cancel = { key: KEY, mark: 'request-1', now: LATER, retentionMs: RETENTION_MS };

/** Every write that a task in the right state takes. */
const WRITES: readonly (readonly [string, Change])[] = [
  ['claim', claimChange({ key: KEY, generation: 1, commitBy: 0, run: 'run-2', now: LATER, leaseMs: LEASE_MS })],
  ['heartbeat', heartbeatChange(run, LEASE_MS)],
  ['step', stepChange(run, LEASE_MS)],
  ['withdraw', withdrawChange(run, 0, '{}', 'working')],
  ['park', parkChange(run, parked)],
  ['hand over', handOverChange(run, 2)],
  ['settle', settleChange(run, settled)],
  ['answer', answerChange({ ...answered, wakes: true })],
  ['cancel', cancelChange(cancel)],
  ['cancel (owing)', cancelOwingChange(cancel, 1)],
  ['overtake', overtakeChange(KEY, 2)],
];
/** The state in which a write succeeds. */
const buildFittingRow = (name: string): TaskRow => {
  if (name === 'overtake') return buildRow({ parked: true });
  return ['claim', 'answer', 'cancel', 'cancel (owing)'].includes(name) ? buildRow() : buildHeldRow();
};

/** The row after a write that must succeed. */
async function readRowAfter(row: TaskRow, change: Change): Promise<TaskRow> {
  const written = await (await createStoreWith(row)).update(change);
  if (!written.done) throw new Error(`refused by ${JSON.stringify(written.row)}`);
  return written.row;
}

describe.each(WRITES)('%s', (name, change) => {
  test('succeeds on an open task', async () => {
    expect(await (await createStoreWith(buildFittingRow(name))).update(change)).toMatchObject({ done: true });
  });

  test.each(['completed', 'failed', 'cancelled'] as const)('changes nothing once the task is %s', async (status) => {
    const row = { ...buildFittingRow(name), status };
    const store = await createStoreWith(row);
    expect(await store.update(change)).toEqual({ done: false, row });
  });

  test('creates no task where there is none, and none from a void row', async () => {
    const nothing = await createStoreWith(buildRow({ partition: 'elsewhere' }));
    expect(await nothing.update(change)).toEqual({ done: false });
    const barred = { ...buildFittingRow(name), void: true as const };
    expect(await (await createStoreWith(barred)).update(change)).toEqual({ done: false, row: barred });
  });
});

// Overtaking only makes a late commit impossible; on an expired row all of them are already.
describe.each(WRITES.filter(([name]) => name !== 'overtake'))('%s', (name, change) => {
  test('does not revive a task that has expired', async () => {
    const row = { ...buildFittingRow(name), expiresAt: LATER };
    expect(await (await createStoreWith(row)).update(change)).toEqual({ done: false, row });
  });
});

describe.each(WRITES.filter(([name]) => buildFittingRow(name).run !== undefined))('a stale run: %s', (_, change) => {
  test('changes nothing once another run holds the task, or none does', async () => {
    for (const row of [buildHeldRow({ run: 'run-9' }), buildRow()])
      expect(await (await createStoreWith(row)).update(change)).toEqual({ done: false, row });
  });
});

describe('a new task', () => {
  test('is runnable at its first generation, and expires exactly at its lifetime', () => {
    expect(buildRow()).toMatchObject({ status: 'working', generation: 1, failures: 0, expiresAt: NOW + LIFETIME_MS });
    expect(buildRow()).not.toHaveProperty('run');
  });

  test('is swept only after the longest that it can be readable, in whole seconds', () => {
    expect(buildRow().ttl * 1_000).toBeGreaterThanOrEqual(NOW + LIFETIME_MS + RETENTION_MS);
    expect(toTtlSeconds(1_500)).toBe(62);
  });
});

describe('a heartbeat', () => {
  test('moves the lease and nothing that a client sees', async () => {
    expect(await readRowAfter(buildHeldRow(), heartbeatChange(run, LEASE_MS))).toEqual(
      buildHeldRow({ leaseUntil: LATER + LEASE_MS }),
    );
  });

  test('carries a progress report', async () => {
    const news = { statusMessage: 'half way', progress: { done: 1, total: 2 } };
    expect(await readRowAfter(buildHeldRow(), heartbeatChange(run, LEASE_MS, news))).toMatchObject({
      ...news,
      lastUpdatedAt: LATER,
    });
  });
});

describe('a recorded step', () => {
  test('renews the lease and forgives the failures before it', async () => {
    const row = await readRowAfter(buildHeldRow({ failures: 3 }), stepChange(run, LEASE_MS));
    expect(row).toEqual(buildHeldRow({ leaseUntil: LATER + LEASE_MS, failures: 0, entries: 1 }));
  });
});

describe('a park', () => {
  const questions = JSON.stringify({ q: buildQuestion() });

  test('stores the questions and releases the run', async () => {
    const row = await readRowAfter(
      buildHeldRow(),
      parkChange(run, { revision: 0, questions, status: 'input_required' }),
    );
    const { run: _, leaseUntil: __, ...free } = buildHeldRow();
    expect(row).toEqual({
      ...free,
      questions,
      status: 'input_required',
      parked: true,
      revision: 1,
      failures: 0,
      endedBy: 'run-1',
      lastUpdatedAt: LATER,
    });
  });

  test('on a timer raises the generation to the one whose message was sent', async () => {
    const timer = { generation: 2, wakeAt: LATER + 60_000 };
    expect(await readRowAfter(buildHeldRow(), parkChange(run, { ...parked, timer }))).toMatchObject({
      parked: true,
      ...timer,
    });
  });

  test('without a timer removes the previous one', async () => {
    expect(await readRowAfter(buildHeldRow({ wakeAt: NOW }), parkChange(run, parked))).not.toHaveProperty('wakeAt');
  });

  test('is refused when an answer came meanwhile', async () => {
    const row = buildHeldRow({ revision: 1 });
    expect(await (await createStoreWith(row)).update(parkChange(run, parked))).toEqual({ done: false, row });
  });
});

describe('an answer', () => {
  test('that completes the set makes the task runnable in the next generation', async () => {
    const row = buildAskingRow({ q: buildQuestion() }, { statusMessage: 'Waiting', wakeAt: NOW });
    const now = await readRowAfter(row, answerChange({ ...answered, revision: 1, wakes: true }));
    expect(now).toMatchObject({ generation: 2, revision: 2, status: 'working', lastUpdatedAt: LATER, phaseAt: LATER });
    for (const gone of ['parked', 'wakeAt', 'statusMessage']) expect(now).not.toHaveProperty(gone);
  });

  test('that leaves questions open wakes no run', async () => {
    const change = answerChange({ ...answered, revision: 1, status: 'input_required', wakes: false });
    expect(await readRowAfter(buildAskingRow({ q: buildQuestion(), r: buildQuestion() }), change)).toMatchObject({
      generation: 1,
      revision: 2,
      parked: true,
      status: 'input_required',
    });
  });
});

describe('a settled task', () => {
  test('keeps its outcome for its retention, from its end', async () => {
    const row = buildHeldRow({ questions: '{}', progress: { done: 1 }, statusMessage: 'at it', revision: 4 });
    const now = await readRowAfter(row, settleChange(run, settled));
    expect(now).toMatchObject({
      status: 'completed',
      outcome: settled.outcome,
      endedBy: 'run-1',
      expiresAt: LATER + RETENTION_MS,
      ttl: toTtlSeconds(LATER + RETENTION_MS),
    });
    for (const gone of ['run', 'leaseUntil', 'questions', 'progress', 'statusMessage'])
      expect(now).not.toHaveProperty(gone);
  });

  test('says why it failed', async () => {
    const end = { ...settled, status: 'failed', statusMessage: 'no rows' } as const;
    expect(await readRowAfter(buildHeldRow(), settleChange(run, end))).toMatchObject({
      status: 'failed',
      statusMessage: 'no rows',
    });
  });
});

describe('a cancel', () => {
  test.each<[string, TaskRow]>([
    ['waiting in the queue', buildRow()],
    ['being worked on', buildHeldRow()],
    ['parked', buildAskingRow({ q: buildQuestion() })],
  ])('is immediate on a task %s', async (_, row) => {
    const now = await readRowAfter(row, cancelChange(cancel));
    expect(now).toMatchObject({ status: 'cancelled', expiresAt: LATER + RETENTION_MS, lastUpdatedAt: LATER });
    for (const gone of ['run', 'leaseUntil', 'parked', 'questions', 'progress']) expect(now).not.toHaveProperty(gone);
  });

  test('shows the run that the task was cancelled, and a superseded one that it was lost', async () => {
    const store = await createStoreWith(buildHeldRow());
    await store.update(cancelChange(cancel));
    const beat = await store.update(heartbeatChange(run, LEASE_MS));
    if (beat.done) throw new Error('the run should have been refused');
    expect(judgeLost(beat)).toBe('cancelled');
    expect(judgeLost({ done: false, row: buildHeldRow({ run: 'run-9' }) })).toBe('over');
    expect(judgeLost({ done: false, row: buildRow({ status: 'completed' }) })).toBe('over');
    expect(judgeLost({ done: false })).toBe('over');
  });

  test('leaves the task as it is while its clean-up runs, which is owed until it is done', async () => {
    const store = await createStoreWith(buildRow({ cleanUp: 'onCancel' }));
    await store.update(cancelOwingChange(cancel, 1));
    const before = await store.read(KEY);
    const steps: [Change, Partial<TaskRow>][] = [
      [claimCleanUpChange(KEY, 'run-5', LATER, LEASE_MS), { run: 'run-5', failures: 1, cleanUp: 'owed' }],
      [cleanUpHeartbeatChange(KEY, 'run-5', LATER + 5, LEASE_MS), { leaseUntil: LATER + 5 + LEASE_MS }],
    ];
    for (const [change, expected] of steps)
      expect(await store.update(change)).toMatchObject({ done: true, row: { ...expected, status: 'cancelled' } });
    expect((await store.update(claimCleanUpChange(KEY, 'run-6', LATER, LEASE_MS))).done).toBe(false);
    expect((await store.update(cleanedUpChange(KEY, 'run-6'))).done).toBe(false);
    expect((await store.update(cleanedUpChange(KEY, 'run-5'))).done).toBe(true);
    const { cleanUp: _, ...rest } = before as TaskRow;
    expect(await store.read(KEY)).toEqual({ ...rest, failures: 1 });
  });
});

describe('making a late commit impossible', () => {
  test('a void row bars its key, and no reader sees a task in it', async () => {
    const store = await createStoreWith(buildVoidRow(KEY, 1, NOW));
    expect((await store.insert(buildRow())).done).toBe(false);
    expect(await store.list(KEY.partition, { limit: 10 })).toEqual({ rows: [] });
  });

  test('a raised generation refuses the answer whose wake-up is late', async () => {
    const store = await createStoreWith(buildAskingRow({ q: buildQuestion() }));
    expect(await store.update(overtakeChange(KEY, 2))).toMatchObject({
      done: true,
      row: { generation: 2, parked: true },
    });
    expect((await store.update(answerChange({ ...answered, revision: 1, wakes: true }))).done).toBe(false);
  });

  test('never lowers a generation or changes a task that is not parked', async () => {
    for (const row of [buildAskingRow({ q: buildQuestion() }, { generation: 2 }), buildRow(), buildHeldRow()])
      expect(await (await createStoreWith(row)).update(overtakeChange(KEY, 2))).toEqual({ done: false, row });
  });
});
