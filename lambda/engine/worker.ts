/** The worker: what is done with one message, from its claim to its disposal. */
import { isTerminal, type TaskRow } from '../tasks/record.ts';
import type { TaskStore } from '../tasks/store.ts';
import { overtakeChange, voidRow } from '../tasks/writes/bar.ts';
import { claimChange, judgeClaim, type Verdict } from '../tasks/writes/claim.ts';
import type { Tool } from '../tool/types.ts';
import { cleanUp } from './clean-up.ts';
import { groupOf } from './context.ts';
import type { Worker } from './engine.ts';
import { factsOf, inRun, ownerOf, withFacts } from './facts.ts';
import { Payloads } from './payloads.ts';
import type { Clock, Delivery, Disposal, Ids, Log, PayloadStore, WakeUp, WakeUpQueue } from './ports.ts';
import { ENGINE_DEFAULTS, type EngineSettings } from './settings.ts';
import { type RunTime, runTask } from './task-run.ts';
import type { StartThread } from './thread/thread-run.ts';

export interface WorkerParts {
  readonly store: TaskStore;
  readonly queue: WakeUpQueue;
  readonly payloads?: PayloadStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The tool of that name; absent when the server does not define it (any more). */
  readonly tool: (name: string) => Promise<Tool | undefined>;
  /** Runs tools with `thread: true`; absent: they run in this thread. */
  readonly startThread?: StartThread;
  readonly settings?: Partial<EngineSettings>;
}

/** The same, with defaults filled in: what the parts of the worker are given. */
export interface WorkerTools extends Omit<WorkerParts, 'settings' | 'payloads'> {
  readonly settings: EngineSettings;
  readonly payloads: Payloads;
}

/** SQS delays a message 15 minutes at most; a longer wait hops. */
export const LONGEST_DELAY_MS = 900_000;
/** How long a worker looks in place for a row that its sender is about to write (ms). */
const LOOK_MS = [20, 50, 100, 150, 180];
/** Pauses before an early message is looked at again: from one second up to half a minute. */
const pauseMs = (receives: number): number => Math.min(30_000, 1_000 * 2 ** Math.min(receives - 1, 5));

export function createWorker(parts: WorkerParts): Worker {
  const tools: WorkerTools = {
    ...parts,
    payloads: new Payloads(parts.payloads),
    settings: { ...ENGINE_DEFAULTS, ...parts.settings },
  };
  return { work: (delivery, deadline) => work(tools, delivery, deadline) };
}

async function work(tools: WorkerTools, delivery: Delivery, deadline: number): Promise<Disposal> {
  const { wakeUp } = delivery;
  const functionMs = deadline - tools.clock.now();
  // Before the claim: a worker that dies with the task in hand must not leave its message to the function's time-out.
  await delivery.reappearIn(tools.settings.leaseMs).catch((error: unknown) => {
    tools.log('message.notRenewed', { task: wakeUp.task, error: String(error) });
  });
  let looks = 0;
  for (;;) {
    const verdict = await claim(tools, delivery);
    switch (verdict.is) {
      case 'claimed':
        return runClaimed(tools, delivery, verdict.row, { deadline, functionMs });
      case 'cleanUp': {
        const log = withFacts(tools.log, () => factsOf(verdict.row));
        return cleanUp({ ...tools, log }, delivery, verdict.row, deadline);
      }
      case 'over':
        return 'delete';
      case 'leased':
        return putBack(tools, delivery, verdict.forMs);
      case 'early': {
        const look = LOOK_MS[looks++];
        if (look === undefined) return putBack(tools, delivery, pauseMs(delivery.receives));
        await tools.clock.wait(look);
        break;
      }
      case 'abandonedCreate': {
        const written = await tools.store.insert(voidRow(keyOf(wakeUp), wakeUp.generation, tools.clock.now()));
        if (written.done) {
          tools.log('create.barred', { task: wakeUp.task, owner: ownerOf(wakeUp.partition) });
          return 'delete';
        }
        break;
      }
      case 'abandonedWakeUp': {
        const written = await tools.store.update(overtakeChange(keyOf(wakeUp), wakeUp.generation));
        if (!written.done) break;
        tools.log('wakeup.barred', { ...factsOf(written.row), generation: wakeUp.generation });
        // The row's own timer stood on the generation that was just passed: this message stands in for it.
        if (written.row.wakeAt === undefined) return 'delete';
        return hop(tools, wakeUp, written.row.wakeAt - tools.clock.now());
      }
      case 'notDue':
        return hop(tools, wakeUp, verdict.forMs);
      case 'again':
        await tools.clock.wait(20);
        break;
    }
  }
}

function runClaimed(tools: WorkerTools, delivery: Delivery, row: TaskRow, time: RunTime): Promise<Disposal> {
  const run = inRun(tools, delivery, row);
  return runTask(run.tools, run.delivery, row, time);
}

const keyOf = (wakeUp: WakeUp) => ({ partition: wakeUp.partition, id: wakeUp.task });

async function claim(tools: WorkerTools, { wakeUp }: Delivery): Promise<Verdict> {
  const attempt = {
    key: keyOf(wakeUp),
    generation: wakeUp.generation,
    commitBy: wakeUp.commitBy,
    run: tools.ids.token(),
    now: tools.clock.now(),
    leaseMs: tools.settings.leaseMs,
  };
  const written = await tools.store.update(claimChange(attempt));
  if (!written.done && isExpired(written.row, attempt.now)) tools.log('task.expired', factsOf(written.row));
  return judgeClaim(written, attempt);
}

/** Open and past its lifetime. A task that waits for an answer has no message, so nobody comes upon its expiry. */
const isExpired = (row: TaskRow | undefined, now: number): row is TaskRow =>
  row !== undefined && !row.void && !isTerminal(row.status) && row.expiresAt <= now;

/** Let the message come back after `ms`. If SQS refuses, it comes back at its own visibility time-out. */
export async function putBack(tools: WorkerTools, delivery: Delivery, ms: number): Promise<Disposal> {
  try {
    await delivery.reappearIn(ms);
  } catch (error) {
    tools.log('message.keptLonger', { task: delivery.wakeUp.task, error: String(error) });
  }
  return 'keep';
}

/** Send the same wake-up again for later, then delete this one: the next stands before this one goes. */
async function hop(tools: WorkerTools, wakeUp: WakeUp, ms: number): Promise<Disposal> {
  await tools.queue.send(wakeUp, {
    delayMs: Math.min(LONGEST_DELAY_MS, Math.max(0, ms)),
    ...groupOf(wakeUp.partition),
  });
  return 'delete';
}
