/** The worker: what is done with one message, from its claim to its disposal. */

import { isTerminal, type TaskKey, type TaskRow } from '../../tasks/record.ts';
import { buildVoidRow, overtakeChange } from '../../tasks/writes/bar.ts';
import { type ClaimVerdict, claimChange, judgeClaim } from '../../tasks/writes/claim.ts';
import { toLogFields, withLogFields } from '../log-fields.ts';
import { parseOwner } from '../partition.ts';
import type { Delivery, Disposal, WakeUp } from '../ports.ts';
import { cleanUp } from './clean-up.ts';
import { buildWorkerContext, type WorkerContext, type WorkerOptions } from './context.ts';
import { putBack, resendWakeUp } from './disposal.ts';
import { runTask } from './run-task.ts';

/** The worker side: what a message may do to a task. */
export interface Worker {
  /**
   * Takes one message as far as it goes. Never rejects because of what a tool does.
   *
   * @param deadline when the function will be stopped (ms since the epoch)
   */
  work(delivery: Delivery, deadline: number): Promise<Disposal>;
}

/** Pauses between looks for a row that its sender is about to write (ms); after the last one the message goes back. */
const EARLY_LOOK_PAUSES_MS = [20, 50, 100, 150, 180];
/** The pause before a claim is made again when the obstacle is gone already (ms). */
const RECLAIM_PAUSE_MS = 20;

export function createWorker(options: WorkerOptions): Worker {
  const worker = buildWorkerContext(options);
  return { work: (delivery, deadline) => handleDelivery(worker, delivery, deadline) };
}

async function handleDelivery(worker: WorkerContext, delivery: Delivery, deadline: number): Promise<Disposal> {
  const { store, clock, log, settings } = worker;
  const { wakeUp } = delivery;
  const functionMs = deadline - clock.now();
  // Before the claim: the message of a worker that dies during it must not stay invisible for the queue's whole time-out.
  await delivery.reappearIn(settings.leaseMs).catch((error: unknown) => {
    log('message.notRenewed', { task: wakeUp.task, error: String(error) });
  });
  let looks = 0;
  for (;;) {
    const verdict = await claimTask(worker, wakeUp);
    switch (verdict.is) {
      case 'claimed':
        return runTask(worker, delivery, verdict.row, { deadline, functionMs });
      case 'cleanUp': {
        const { row } = verdict;
        return cleanUp({ ...worker, log: withLogFields(log, () => toLogFields(row)) }, delivery, row, deadline);
      }
      case 'over':
        return 'delete';
      case 'leased':
        return putBack(worker, delivery, verdict.forMs);
      case 'early': {
        const pause = EARLY_LOOK_PAUSES_MS[looks++];
        if (pause === undefined) return putBack(worker, delivery, computeReturnMs(delivery.receives));
        await clock.wait(pause);
        break;
      }
      case 'abandonedCreate': {
        const written = await store.insert(buildVoidRow(toTaskKey(wakeUp), wakeUp.generation, clock.now()));
        if (!written.done) break;
        log('create.barred', { task: wakeUp.task, owner: parseOwner(wakeUp.partition) });
        return 'delete';
      }
      case 'abandonedWakeUp': {
        const written = await store.update(overtakeChange(toTaskKey(wakeUp), wakeUp.generation));
        if (!written.done) break;
        log('wakeup.barred', { ...toLogFields(written.row), generation: wakeUp.generation });
        // The row's own timer relied on the generation that was just passed: this message takes its place.
        if (written.row.wakeAt === undefined) return 'delete';
        return resendWakeUp(worker, wakeUp, written.row.wakeAt - clock.now());
      }
      case 'notDue':
        return resendWakeUp(worker, wakeUp, verdict.forMs);
      case 'again':
        await clock.wait(RECLAIM_PAUSE_MS);
        break;
    }
  }
}

async function claimTask({ store, clock, ids, settings, log }: WorkerContext, wakeUp: WakeUp): Promise<ClaimVerdict> {
  const claim = {
    key: toTaskKey(wakeUp),
    generation: wakeUp.generation,
    commitBy: wakeUp.commitBy,
    run: ids.token(),
    now: clock.now(),
    leaseMs: settings.leaseMs,
  };
  const written = await store.update(claimChange(claim));
  if (!written.done && isExpiredOpenTask(written.row, claim.now)) log('task.expired', toLogFields(written.row));
  return judgeClaim(written, claim);
}

/** How long an early message is away before it is looked at again (ms): from one second up to half a minute. */
function computeReturnMs(receives: number): number {
  return Math.min(30_000, 1_000 * 2 ** Math.min(receives - 1, 5));
}

/** A task that waits for an answer has no message, so its expiry is not noticed here. */
function isExpiredOpenTask(row: TaskRow | undefined, now: number): row is TaskRow {
  return row !== undefined && !row.void && !isTerminal(row.status) && row.expiresAt <= now;
}

function toTaskKey({ partition, task }: WakeUp): TaskKey {
  return { partition, id: task };
}
