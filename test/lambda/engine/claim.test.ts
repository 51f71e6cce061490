/** The claim: which rows it takes, and what each refusal means for the message. */
import { describe, expect, it } from 'vitest';
import type { TaskRow } from '../../../lambda/tasks/record.ts';
import { type Claim, claimChange, judgeClaim, type Verdict } from '../../../lambda/tasks/writes/claim.ts';
import { asking, held, KEY, LEASE_MS, LIFETIME_MS, NOW, question, rowOf, storeWith } from './rows.ts';

/** A message of generation 1 whose sender is done. */
const claimOf = (changes: Partial<Claim> = {}): Claim => ({
  key: KEY,
  generation: 1,
  commitBy: NOW - 1,
  run: 'run-2',
  now: NOW,
  leaseMs: LEASE_MS,
  ...changes,
});
const UNDER_WAY = { commitBy: NOW + 5_000 };

async function claimed(row: TaskRow | undefined, changes: Partial<Claim> = {}): Promise<Verdict> {
  const store = await storeWith(row ?? rowOf({ partition: 'elsewhere' }));
  const claim = claimOf(changes);
  return judgeClaim(await store.update(claimChange(claim)), claim);
}

describe('a claim', () => {
  it('writes the run, its lease and one failure more, and takes the task out of its park', async () => {
    const row = rowOf({ parked: true, wakeAt: NOW, failures: 1 });
    const verdict = await claimed(row);
    expect(verdict).toEqual({
      is: 'claimed',
      row: {
        ...rowOf(),
        run: 'run-2',
        leaseUntil: NOW + LEASE_MS,
        failures: 2,
      },
    });
  });

  it('takes over a run whose lease has run out, to the millisecond', async () => {
    expect(await claimed(held({ leaseUntil: NOW }))).toMatchObject({ is: 'claimed', row: { run: 'run-2' } });
    expect(await claimed(held({ leaseUntil: NOW + 1 }))).toEqual({ is: 'leased', forMs: 1 });
  });

  it('of a newer generation takes what an older one left runnable, once its sender is done', async () => {
    expect(await claimed(rowOf({ generation: 1 }), { generation: 2 })).toMatchObject({
      is: 'claimed',
      row: { generation: 2 },
    });
    expect(await claimed(rowOf({ generation: 1 }), { generation: 2, ...UNDER_WAY })).toEqual({ is: 'early' });
  });

  it('takes exactly its own generation while its sender may still commit', async () => {
    expect(await claimed(rowOf({ generation: 2 }), { generation: 2, ...UNDER_WAY })).toMatchObject({ is: 'claimed' });
  });
});

describe('a message whose claim is refused', () => {
  it('is early while its sender may still write the row', async () => {
    expect(await claimed(undefined, UNDER_WAY)).toEqual({ is: 'early' });
  });

  it('was abandoned by a create that never came', async () => {
    expect(await claimed(undefined)).toEqual({ is: 'abandonedCreate' });
    expect(await claimed(undefined, { commitBy: NOW })).toEqual({ is: 'abandonedCreate' });
  });

  it('was abandoned by a wake-up that never came, of a task that is parked', async () => {
    const row = asking({ q: question() });
    expect(await claimed(row, { generation: 2 })).toEqual({ is: 'abandonedWakeUp', row });
    expect(await claimed(row, { generation: 2, ...UNDER_WAY })).toEqual({ is: 'early' });
  });

  it.each<[string, TaskRow]>([
    ['older than the row', rowOf({ generation: 2 })],
    ['of a void row', rowOf({ void: true })],
    ['of a task that has expired', rowOf({ expiresAt: NOW })],
    ['of a task that is completed', rowOf({ status: 'completed' })],
    ['of a task that is failed', rowOf({ status: 'failed' })],
    ['of a task that is cancelled', rowOf({ status: 'cancelled' })],
    ['of a task that is parked until an answer', asking({ q: question() })],
  ])('is over when it is %s', async (_, row) => {
    expect(await claimed(row)).toEqual({ is: 'over' });
  });

  it('is over for an older generation even while a run holds the task', async () => {
    expect(await claimed(held({ generation: 2 }))).toEqual({ is: 'over' });
  });

  it('waits for a live lease, however new it is itself', async () => {
    expect(await claimed(held())).toEqual({ is: 'leased', forMs: LEASE_MS });
    expect(await claimed(held(), { generation: 2 })).toEqual({ is: 'leased', forMs: LEASE_MS });
  });

  it('waits for the timer of a parked task', async () => {
    expect(await claimed(rowOf({ parked: true, wakeAt: NOW + 7_000 }))).toEqual({ is: 'notDue', forMs: 7_000 });
  });

  it('is judged again when nothing stands in its way any more', () => {
    // The store's clock and ours differ: the lease that refused us has run out by now.
    const row = held({ leaseUntil: NOW - 1 });
    expect(judgeClaim({ done: false, row }, claimOf())).toEqual({ is: 'again' });
    const due = rowOf({ parked: true, wakeAt: NOW });
    expect(judgeClaim({ done: false, row: due }, claimOf())).toEqual({ is: 'again' });
  });
});

describe('a cancelled task whose tool has to clean up', () => {
  const owing = (changes: Partial<TaskRow> = {}) =>
    rowOf({ status: 'cancelled', cleanUp: 'owed', generation: 2, ...changes });

  it('is cleaned up by its message', async () => {
    expect(await claimed(owing(), { generation: 2 })).toEqual({ is: 'cleanUp', row: owing() });
  });

  it('is cleaned up by one run at a time', async () => {
    const row = owing({ run: 'run-1', leaseUntil: NOW + 100 });
    expect(await claimed(row, { generation: 2 })).toEqual({ is: 'leased', forMs: 100 });
  });

  it('is not cleaned up by the message of a cancel that is still under way', async () => {
    expect(await claimed(owing(), { generation: 3, ...UNDER_WAY })).toEqual({ is: 'early' });
  });

  it('is done with after its lifetime', async () => {
    expect(await claimed(owing({ expiresAt: NOW }), { generation: 2, now: NOW + LIFETIME_MS })).toEqual({ is: 'over' });
  });
});
