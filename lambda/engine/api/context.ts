/** What every verb of the API side works with. */

import { Payloads } from '../../payloads/payloads.ts';
import { isVisible, type TaskKey, type TaskRow } from '../../tasks/record.ts';
import type { TaskStore } from '../../tasks/store.ts';
import { TaskNotFound } from '../errors.ts';
import type { Caller } from '../model.ts';
import { toTaskPartition } from '../partition.ts';
import type { Clock, EnginePorts, Ids, Log, WakeUpQueue } from '../ports.ts';
import { ENGINE_DEFAULTS, type EngineSettings } from '../settings.ts';
import { buildWakeUp, sendWakeUp, type WakeUpTarget } from '../wake-up.ts';
import { OpenTaskQuota } from './open-task-quota.ts';

export interface EngineOptions extends EnginePorts {
  /** HMAC under the server's secret, for idempotency keys; the secret is loaded with the first key. */
  readonly hmac?: (text: string) => Promise<string>;
  /** W3C `traceparent` of the present invocation, for calls that bring none. */
  readonly trace?: () => string | undefined;
}

/** How often a lost race is read again before the caller has to call again. */
export const MAX_RACE_ATTEMPTS = 20;

export class EngineContext {
  readonly store: TaskStore;
  readonly queue: WakeUpQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly settings: EngineSettings;
  readonly payloads: Payloads;
  readonly quota: OpenTaskQuota;
  readonly hmac: ((text: string) => Promise<string>) | undefined;
  readonly trace: () => string | undefined;

  constructor(options: EngineOptions) {
    this.store = options.store;
    this.queue = options.queue;
    this.clock = options.clock;
    this.ids = options.ids;
    this.log = options.log;
    this.settings = { ...ENGINE_DEFAULTS, ...options.settings };
    this.payloads = new Payloads(options.payloads);
    this.quota = new OpenTaskQuota(this);
    this.hmac = options.hmac;
    this.trace = options.trace ?? (() => undefined);
  }

  buildTaskKey(caller: Caller, id: string): TaskKey {
    return { partition: toTaskPartition(caller, id, this.settings.ownerShards), id };
  }

  /** @throws TaskNotFound for unknown, foreign, void and expired ids alike */
  async requireTask(key: TaskKey): Promise<TaskRow> {
    const row = await this.store.read(key);
    if (!isVisible(row, this.clock.now())) throw new TaskNotFound();
    return row;
  }

  /**
   * Sends the message of a generation that a write is about to make true.
   *
   * @param commitBy deadline of that write (ms since the epoch)
   * @throws Unavailable
   */
  async sendWakeUp(row: WakeUpTarget, generation: number, commitBy: number, delayMs = 0): Promise<void> {
    const wakeUp = buildWakeUp(row, { generation, commitBy, dueAt: this.clock.now() + delayMs });
    await sendWakeUp(this.queue, wakeUp, delayMs);
  }
}
