/** What every part of the worker works with. */

import { Payloads } from '../../payloads/payloads.ts';
import type { PayloadStore } from '../../payloads/store.ts';
import type { TaskStore } from '../../tasks/store.ts';
import type { Tool } from '../../tool/types.ts';
import type { Clock, Ids, Log, WakeUpQueue } from '../ports.ts';
import { ENGINE_DEFAULTS, type EngineSettings } from '../settings.ts';
import type { StartThread } from './thread/thread-run.ts';

export interface WorkerOptions {
  readonly store: TaskStore;
  readonly queue: WakeUpQueue;
  /** Without one, every payload stays in its row. */
  readonly payloads?: PayloadStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The tool of that name; absent when the server does not define it (any more). */
  readonly findTool: (name: string) => Promise<Tool | undefined>;
  /** Runs tools with `thread: true`. Without one they run in the worker's own thread. */
  readonly startThread?: StartThread;
  /** Default: {@link ENGINE_DEFAULTS}. */
  readonly settings?: Partial<EngineSettings>;
}

/** The options with their defaults filled in. */
export interface WorkerContext extends Omit<WorkerOptions, 'settings' | 'payloads'> {
  readonly settings: EngineSettings;
  readonly payloads: Payloads;
}

export function buildWorkerContext(options: WorkerOptions): WorkerContext {
  return {
    ...options,
    payloads: new Payloads(options.payloads),
    settings: { ...ENGINE_DEFAULTS, ...options.settings },
  };
}
