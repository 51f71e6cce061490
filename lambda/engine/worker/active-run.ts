/** One run of a task, from its claim to the write that ends it: what it holds, and what all its writes share. */
import type { Payload, Questions, TaskRow } from '../../tasks/record.ts';
import type { WriteResult } from '../../tasks/store.ts';
import { heartbeatChange, judgeLost, type ProgressReport, type RunWrite, stepChange } from '../../tasks/writes/held.ts';
import { LeaseLost, TaskCancelled } from '../../tool/errors.ts';
import type { RunHost } from '../../tool/run.ts';
import type { Delivery, Disposal } from '../ports.ts';
import { encodeWaitToken } from '../wait-token.ts';
import { buildWakeUp, sendWakeUp } from '../wake-up.ts';
import type { WorkerContext } from './context.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { retryUntil } from './retry-until.ts';
import { withRunFields } from './run-log.ts';

/** What a run may use of the function's time. */
export interface RunBudget {
  /** When the function will be stopped (ms since the epoch). */
  readonly deadline: number;
  /** How long the function was given for this message (ms). */
  readonly functionMs: number;
}

/** Another run takes over at the next step boundary once less than this share of the function's time is left. */
const HAND_OVER_SHARE = 0.2;
const MAX_HAND_OVER_MS = 60_000;
/** No write is retried this close to the deadline (ms). */
const RETRY_MARGIN_MS = 1_000;

export class ActiveRun {
  /** Its log puts the run's fields on every line. */
  readonly worker: WorkerContext;
  readonly delivery: Delivery;
  readonly budget: RunBudget;
  /** Fences everything that the run writes; stored as the row's `run`. */
  readonly token: string;
  readonly startedAt: number;
  /** From when on another run takes over at the next recorded step (ms since the epoch). */
  readonly handOverAt: number;
  /** The row as this run last saw it. */
  row: TaskRow;
  #progressed = false;
  #heartbeat: Heartbeat | undefined;

  /** @param row as the claim left it */
  constructor(worker: WorkerContext, delivery: Delivery, row: TaskRow, budget: RunBudget) {
    this.startedAt = worker.clock.now();
    const withFields = withRunFields(worker, delivery, row, this.startedAt);
    this.worker = withFields.worker;
    this.delivery = withFields.delivery;
    this.budget = budget;
    this.token = row.run as string;
    this.handOverAt =
      budget.deadline - Math.min(MAX_HAND_OVER_MS, HAND_OVER_SHARE * (budget.deadline - this.startedAt));
    this.row = row;
  }

  /** Whether this run recorded a step: only then may it hand over. */
  get progressed(): boolean {
    return this.#progressed;
  }

  /** What every write of a run demands: the task's key, the run that must hold it, and the time. */
  toHeld(): RunWrite {
    return { key: this.row, run: this.token, now: this.worker.clock.now() };
  }

  /**
   * Makes a write, and retries it while the lease may still be live and the function still has time.
   *
   * @param write its name in the log
   * @throws what the last attempt threw
   */
  persist<T>(write: string, attempt: () => Promise<T>): Promise<T> {
    const { clock, settings } = this.worker;
    const leaseEnd = clock.now() + settings.leaseMs - settings.heartbeatMs;
    const until = Math.min(leaseEnd, this.budget.deadline - RETRY_MARGIN_MS);
    return retryUntil(this.worker, { task: this.row.id, write }, until, attempt);
  }

  /** A write was refused because the run had ended without us. The message stays: a successor may need it. */
  superseded(at: string, written: WriteResult): Disposal {
    this.worker.log('run.superseded', { task: this.row.id, tool: this.row.tool, at, status: written.row?.status });
    return 'keep';
  }

  /** Sends the wake-up of a generation that the run is about to commit: enqueue first, commit second. */
  async sendWakeUp(generation: number, delayMs: number): Promise<void> {
    const { partition, id } = this.row;
    const wakeUp = buildWakeUp(
      { partition, id, traceparent: this.delivery.wakeUp.traceparent },
      { generation, commitBy: this.budget.deadline, dueAt: this.worker.clock.now() + Math.max(0, delayMs) },
    );
    await this.persist('wakeUp', () => sendWakeUp(this.worker.queue, wakeUp, delayMs));
  }

  /** @param purpose part of the payload's key */
  packQuestions(questions: Questions, purpose: string): Promise<Payload> {
    const { payloads, settings } = this.worker;
    return payloads.pack(
      JSON.stringify(questions),
      settings.inlineInputBytes,
      `tasks/${this.row.id}/questions-${purpose}-${this.row.revision}-${this.token}`,
    );
  }

  /** Renews the lease until {@link stopHeartbeat}; `abort` is called when the run has lost its task. */
  startHeartbeat(abort: (reason: Error) => void): void {
    const { clock, settings, log, store } = this.worker;
    this.#heartbeat = startHeartbeat({
      clock,
      settings,
      delivery: this.delivery,
      log,
      renew: (now, report) => store.update(heartbeatChange({ ...this.toHeld(), now }, settings.leaseMs, report)),
      onLost: (written) => abort(toLossError(written)),
      onLapsed: () => abort(new LeaseLost('The lease ran out while the task store could not be reached.')),
    });
  }

  /** Resolves when no renewal is in flight any more. */
  async stopHeartbeat(): Promise<void> {
    await this.#heartbeat?.stop();
  }

  /** Progress that has not been written yet; the caller writes it with something else. */
  takeProgress(): ProgressReport | undefined {
    return this.#heartbeat?.takeProgress();
  }

  /** The run as its tool sees it. */
  createHost(): RunHost {
    const { row, worker } = this;
    return {
      id: row.id,
      isTask: true,
      era: row.era,
      capabilities: row.capabilities,
      now: () => worker.clock.now(),
      random: () => worker.ids.random(),
      reportProgress: (report) => this.#heartbeat?.reportProgress(report),
      createToken: (wait) => encodeWaitToken(row, wait),
      shouldHandOver: () => this.#progressed && worker.clock.now() >= this.handOverAt,
      record: (entryId, json) => this.#recordStep(entryId, json),
    };
  }

  async #recordStep(entryId: string, json: string): Promise<void> {
    const { payloads, settings, clock, store } = this.worker;
    const { id, ttl } = this.row;
    const key = `tasks/${id}/${encodeURIComponent(entryId)}-${this.token}`;
    const value = await payloads.pack(json, settings.inlineOutputBytes, key);
    const now = clock.now();
    const change = stepChange({ ...this.toHeld(), now }, settings.leaseMs, this.takeProgress());
    const entry = { task: id, id: entryId, value, ttl };
    const written = await this.persist('step', () => store.record(change, entry, `${this.token}${entryId}`));
    if (!written.done) throw toLossError(written);
    this.#progressed = true;
    this.#heartbeat?.markRenewed(now);
  }
}

function toLossError(written: WriteResult & { done: false }): Error {
  return judgeLost(written) === 'cancelled'
    ? new TaskCancelled('The task was cancelled.')
    : new LeaseLost('Another run holds the task, or it has ended or expired.');
}
