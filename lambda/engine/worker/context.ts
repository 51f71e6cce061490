/** What every part of the worker works with. */

import { Payloads } from '../../payloads/payloads.ts';
import type { Tool } from '../../tool/types.ts';
import type { EnginePorts } from '../ports.ts';
import { ENGINE_DEFAULTS, type EngineSettings } from '../settings.ts';
import type { StartThread } from './thread/thread-run.ts';

export interface WorkerOptions extends EnginePorts {
  /** The tool of that name; absent when the server does not define it (any more). */
  readonly findTool: (name: string) => Promise<Tool | undefined>;
  /** Runs tools with `thread: true`. Without one they run in the worker's own thread. */
  readonly startThread?: StartThread;
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
