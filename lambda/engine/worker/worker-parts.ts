/** What the worker works with. */

import type { Payloads } from '../../payloads/payloads.ts';
import type { PayloadStore } from '../../payloads/store.ts';
import type { TaskStore } from '../../tasks/store.ts';
import type { Tool } from '../../tool/types.ts';
import type { Clock, Ids, Log, WakeUpQueue } from '../ports.ts';
import type { EngineSettings } from '../settings.ts';
import type { StartThread } from './thread/thread-run.ts';

export interface WorkerOptions {
  readonly store: TaskStore;
  readonly queue: WakeUpQueue;
  readonly payloads?: PayloadStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The tool of that name; absent when the server does not define it (any more). */
  readonly findTool: (name: string) => Promise<Tool | undefined>;
  /** Runs tools with `thread: true`; absent: they run in this thread. */
  readonly startThread?: StartThread;
  readonly settings?: Partial<EngineSettings>;
}

/** The same, with defaults filled in: what the parts of the worker are given. */
export interface WorkerContext extends Omit<WorkerOptions, 'settings' | 'payloads'> {
  readonly settings: EngineSettings;
  readonly payloads: Payloads;
}
