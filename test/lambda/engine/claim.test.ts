/** The claim: which rows it takes, and what each refusal means for the message. */
import { describe, expect, test } from 'vitest';
import type { TaskRow } from '../../../lambda/tasks/record.ts';
import { type Claim, type ClaimVerdict, claimChange, judgeClaim } from '../../../lambda/tasks/writes/claim.ts';
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
} from './rows.ts';

/** A message of generation 1 whose sender is done. */
const buildClaim = (changes: Partial<Claim> = {}): Claim => ({
  key: KEY,
  generation: 1,
  commitBy: NOW - 1,
  run: 'run-2',
  now: NOW,
  leaseMs: LEASE_MS,
  ...changes,
});
const UNDER_WAY = { commitBy: NOW + 5_000 };

async function tryClaim(row: TaskRow | undefined, changes: Partial<Claim> = {}): Promise<ClaimVerdict> {
  const store = await createStoreWith(row ?? buildRow({ partition: 'elsewhere' }));
  const claim = buildClaim(changes);
  return judgeClaim(await store.update(claimChange(claim)), claim);
}

describe('a claim', () => {
  test('writes the run, its lease and one more failure, and unparks the task', async () => {
    const row = buildRow({ parked: true, wakeAt: NOW, failures: 1 });
    const verdict = await tryClaim(row);
    expect(verdict).toEqual({
      is: 'claimed',
      row: {
        ...buildRow(),
        run: 'run-2',
        leaseUntil: NOW + LEASE_MS,
        failures: 2,
      },
    });
  });

  test('takes over from a run whose lease has run out, to the millisecond', async () => {
    expect(await tryClaim(buildHeldRow({ leaseUntil: NOW }))).toMatchObject({ is: 'claimed', row: { run: 'run-2' } });
    expect(await tryClaim(buildHeldRow({ leaseUntil: NOW + 1 }))).toEqual({ is: 'leased', forMs: 1 });
  });

  test('of a newer generation takes a row that an older one left runnable, once its sender can no longer commit', async () => {
    expect(await tryClaim(buildRow({ generation: 1 }), { generation: 2 })).toMatchObject({
      is: 'claimed',
      row: { generation: 2 },
    });
    expect(await tryClaim(buildRow({ generation: 1 }), { generation: 2, ...UNDER_WAY })).toEqual({ is: 'early' });
  });

  test('takes exactly its own generation while its sender may still commit', async () => {
    expect(await tryClaim(buildRow({ generation: 2 }), { generation: 2, ...UNDER_WAY })).toMatchObject({
      is: 'claimed',
    });
  });
});

describe('a message whose claim is refused', () => {
  test('is early while its sender may still write the row', async () => {
    expect(await tryClaim(undefined, UNDER_WAY)).toEqual({ is: 'early' });
  });

  test('was abandoned by a create that never came', async () => {
    expect(await tryClaim(undefined)).toEqual({ is: 'abandonedCreate' });
    expect(await tryClaim(undefined, { commitBy: NOW })).toEqual({ is: 'abandonedCreate' });
  });

  test('was abandoned by a commit that never came, if the task is parked', async () => {
    const row = buildAskingRow({ q: buildQuestion() });
    expect(await tryClaim(row, { generation: 2 })).toEqual({ is: 'abandonedWakeUp' });
    expect(await tryClaim(row, { generation: 2, ...UNDER_WAY })).toEqual({ is: 'early' });
  });

  test.each<[string, TaskRow]>([
    ['older than the row', buildRow({ generation: 2 })],
    ['of a void row', buildRow({ void: true })],
    ['of a task that has expired', buildRow({ expiresAt: NOW })],
    ['of a task that is completed', buildRow({ status: 'completed' })],
    ['of a task that is failed', buildRow({ status: 'failed' })],
    ['of a task that is cancelled', buildRow({ status: 'cancelled' })],
    ['of a task that is parked until an answer', buildAskingRow({ q: buildQuestion() })],
  ])('is over when it is %s', async (_, row) => {
    expect(await tryClaim(row)).toEqual({ is: 'over' });
  });

  test('is over for an older generation even while a run holds the task', async () => {
    expect(await tryClaim(buildHeldRow({ generation: 2 }))).toEqual({ is: 'over' });
  });

  test('waits for a live lease, however new it is itself', async () => {
    expect(await tryClaim(buildHeldRow())).toEqual({ is: 'leased', forMs: LEASE_MS });
    expect(await tryClaim(buildHeldRow(), { generation: 2 })).toEqual({ is: 'leased', forMs: LEASE_MS });
  });

  test('waits for the timer of a parked task', async () => {
    expect(await tryClaim(buildRow({ parked: true, wakeAt: NOW + 7_000 }))).toEqual({ is: 'notDue', forMs: 7_000 });
  });

  test('claims again when the obstacle is gone', () => {
    // The store's clock and ours differ: the lease that refused us has run out by now.
    const row = buildHeldRow({ leaseUntil: NOW - 1 });
    expect(judgeClaim({ done: false, row }, buildClaim())).toEqual({ is: 'again' });
    const due = buildRow({ parked: true, wakeAt: NOW });
    expect(judgeClaim({ done: false, row: due }, buildClaim())).toEqual({ is: 'again' });
  });
});

describe('a cancelled task whose tool has to clean up', () => {
  const owing = (changes: Partial<TaskRow> = {}) =>
    buildRow({ status: 'cancelled', cleanUp: 'owed', generation: 2, ...changes });

  test('is cleaned up by its message', async () => {
    expect(await tryClaim(owing(), { generation: 2 })).toEqual({ is: 'cleanUp', row: owing() });
  });

  test('is cleaned up by one run at a time', async () => {
    const row = owing({ run: 'run-1', leaseUntil: NOW + 100 });
    expect(await tryClaim(row, { generation: 2 })).toEqual({ is: 'leased', forMs: 100 });
  });

  test('is not cleaned up by the message of a cancel that is still in progress', async () => {
    expect(await tryClaim(owing(), { generation: 3, ...UNDER_WAY })).toEqual({ is: 'early' });
  });

  test('owes no clean-up after its lifetime', async () => {
    expect(await tryClaim(owing({ expiresAt: NOW }), { generation: 2, now: NOW + LIFETIME_MS })).toEqual({
      is: 'over',
    });
  });
});
