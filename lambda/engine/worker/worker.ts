/** The worker: what is done with one message, from its claim to its disposal. */

import { Payloads } from '../../payloads/payloads.ts';
import { isTerminal, type TaskRow } from '../../tasks/record.ts';
import { buildVoidRow, overtakeChange } from '../../tasks/writes/bar.ts';
import { type ClaimVerdict, claimChange, judgeClaim } from '../../tasks/writes/claim.ts';
import { parseOwner, toLogFields, withLogFields } from '../log-fields.ts';
import type { Delivery, Disposal, WakeUp } from '../ports.ts';
import { ENGINE_DEFAULTS } from '../settings.ts';
import { cleanUp } from './clean-up.ts';
import { withRunFields } from './run-log.ts';
import { type RunBudget, runTask } from './task-run.ts';
import type { Worker } from './types.ts';
import { putBack, resendWakeUp } from './wake-up.ts';
import type { WorkerContext, WorkerOptions } from './worker-parts.ts';

/** How long a worker looks in place for a row that its sender is about to write (ms). */
const EARLY_LOOK_PAUSES_MS = [20, 50, 100, 150, 180];
/** Pauses before an early message is looked at again: from one second up to half a minute. */
const computePauseMs = (receives: number): number => Math.min(30_000, 1_000 * 2 ** Math.min(receives - 1, 5));

export function createWorker(parts: WorkerOptions): Worker {
  const tools: WorkerContext = {
    ...parts,
    payloads: new Payloads(parts.payloads),
    settings: { ...ENGINE_DEFAULTS, ...parts.settings },
  };
  return { work: (delivery, deadline) => handleDelivery(tools, delivery, deadline) };
}

async function handleDelivery(tools: WorkerContext, delivery: Delivery, deadline: number): Promise<Disposal> {
  const { wakeUp } = delivery;
  const functionMs = deadline - tools.clock.now();
  // Before the claim: a worker that dies with the task in hand must not leave its message to the function's time-out.
  await delivery.reappearIn(tools.settings.leaseMs).catch((error: unknown) => {
    tools.log('message.notRenewed', { task: wakeUp.task, error: String(error) });
  });
  let looks = 0;
  for (;;) {
    const verdict = await claimTask(tools, delivery);
    switch (verdict.is) {
      case 'claimed':
        return runClaimedTask(tools, delivery, verdict.row, { deadline, functionMs });
      case 'cleanUp': {
        const log = withLogFields(tools.log, () => toLogFields(verdict.row));
        return cleanUp({ ...tools, log }, delivery, verdict.row, deadline);
      }
      case 'over':
        return 'delete';
      case 'leased':
        return putBack(tools, delivery, verdict.forMs);
      case 'early': {
        const look = EARLY_LOOK_PAUSES_MS[looks++];
        if (look === undefined) return putBack(tools, delivery, computePauseMs(delivery.receives));
        await tools.clock.wait(look);
        break;
      }
      case 'abandonedCreate': {
        const written = await tools.store.insert(buildVoidRow(toTaskKey(wakeUp), wakeUp.generation, tools.clock.now()));
        if (written.done) {
          tools.log('create.barred', { task: wakeUp.task, owner: parseOwner(wakeUp.partition) });
          return 'delete';
        }
        break;
      }
      case 'abandonedWakeUp': {
        const written = await tools.store.update(overtakeChange(toTaskKey(wakeUp), wakeUp.generation));
        if (!written.done) break;
        tools.log('wakeup.barred', { ...toLogFields(written.row), generation: wakeUp.generation });
        // The row's own timer stood on the generation that was just passed: this message stands in for it.
        if (written.row.wakeAt === undefined) return 'delete';
        return resendWakeUp(tools, wakeUp, written.row.wakeAt - tools.clock.now());
      }
      case 'notDue':
        return resendWakeUp(tools, wakeUp, verdict.forMs);
      case 'again':
        await tools.clock.wait(20);
        break;
    }
  }
}

function runClaimedTask(tools: WorkerContext, delivery: Delivery, row: TaskRow, time: RunBudget): Promise<Disposal> {
  const run = withRunFields(tools, delivery, row);
  return runTask(run.tools, run.delivery, row, time);
}

const toTaskKey = (wakeUp: WakeUp) => ({ partition: wakeUp.partition, id: wakeUp.task });

async function claimTask(tools: WorkerContext, { wakeUp }: Delivery): Promise<ClaimVerdict> {
  const attempt = {
    key: toTaskKey(wakeUp),
    generation: wakeUp.generation,
    commitBy: wakeUp.commitBy,
    run: tools.ids.token(),
    now: tools.clock.now(),
    leaseMs: tools.settings.leaseMs,
  };
  const written = await tools.store.update(claimChange(attempt));
  if (!written.done && isExpired(written.row, attempt.now)) tools.log('task.expired', toLogFields(written.row));
  return judgeClaim(written, attempt);
}

/** Open and past its lifetime. A task that waits for an answer has no message, so nobody comes upon its expiry. */
const isExpired = (row: TaskRow | undefined, now: number): row is TaskRow =>
  row !== undefined && !row.void && !isTerminal(row.status) && row.expiresAt <= now;
