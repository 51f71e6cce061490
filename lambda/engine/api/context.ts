/** What every verb of the API side works with. */

import { Payloads } from '../../payloads/payloads.ts';
import type { PayloadStore } from '../../payloads/store.ts';
import type { TaskRow } from '../../tasks/record.ts';
import { isVisible } from '../../tasks/record.ts';
import type { TaskStore } from '../../tasks/store.ts';
import { TaskNotFound } from '../errors.ts';
import type { Caller } from '../model.ts';
import { toFairnessGroup, toTaskPartition } from '../partition.ts';
import type { Clock, Ids, Log, WakeUpQueue } from '../ports.ts';
import { ENGINE_DEFAULTS, type EngineSettings } from '../settings.ts';

export interface EngineOptions {
  readonly store: TaskStore;
  readonly queue: WakeUpQueue;
  readonly payloads?: PayloadStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly settings?: Partial<EngineSettings>;
  /** HMAC under the server's secret, for idempotency keys; loaded when the first key comes. */
  readonly hmac?: (text: string) => Promise<string>;
  /** W3C `traceparent` of the present invocation, for calls that bring none. */
  readonly trace?: () => string | undefined;
}

/** How often a lost race is read again before the caller is told to come back. */
export const MAX_RACE_ATTEMPTS = 20;

export class EngineContext {
  readonly store: TaskStore;
  readonly queue: WakeUpQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly settings: EngineSettings;
  readonly payloads: Payloads;
  readonly hmac: ((text: string) => Promise<string>) | undefined;
  readonly trace: () => string | undefined;

  constructor(parts: EngineOptions) {
    this.store = parts.store;
    this.queue = parts.queue;
    this.clock = parts.clock;
    this.ids = parts.ids;
    this.log = parts.log;
    this.settings = { ...ENGINE_DEFAULTS, ...parts.settings };
    this.payloads = new Payloads(parts.payloads);
    this.hmac = parts.hmac;
    this.trace = parts.trace ?? (() => undefined);
  }

  buildTaskKey(caller: Caller, id: string) {
    return { partition: toTaskPartition(caller, id, this.settings.ownerShards), id };
  }

  /** @throws TaskNotFound for unknown, foreign, void and expired ids alike */
  async requireTask(key: { readonly partition: string; readonly id: string }): Promise<TaskRow> {
    const row = await this.store.read(key);
    if (!isVisible(row, this.clock.now())) throw new TaskNotFound();
    return row;
  }

  /** Send the message of a generation that a write is about to make true. */
  async sendWakeUp(
    row: { readonly partition: string; readonly id: string; readonly traceparent?: string },
    generation: number,
    commitBy: number,
    { delayMs }: { readonly delayMs?: number } = {},
  ): Promise<void> {
    const { partition, id, traceparent } = row;
    await this.queue.send(
      {
        partition,
        task: id,
        generation,
        commitBy,
        ...(traceparent !== undefined && { traceparent }),
        dueAt: this.clock.now() + (delayMs ?? 0),
      },
      { ...toFairnessGroup(partition), ...(delayMs !== undefined && { delayMs }) },
    );
  }
}
