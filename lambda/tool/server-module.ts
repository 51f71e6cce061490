/** How the deployed functions reach the user's server module. */
import type { ServerDefinition } from './types.ts';

/**
 * The user's server, loaded when first needed: a poll must not pay for tools, schemas or the SDK. `info` is known
 * without loading, so that every result can name the server.
 */
export interface ServerModule {
  readonly info: ServerDefinition['info'];
  load(): Promise<ServerDefinition>;
  /** How a worker starts a thread for a tool with `thread: true`. Absent: such a tool runs like any other, and a log line reports it. */
  readonly thread?: Omit<ThreadFiles, 'heapMb'>;
}

/** What a thread loads, and its heap. */
export interface ThreadFiles {
  /** The module that the thread runs: `lambda/functions/tool-thread.ts`, or its counterpart in a bundle. */
  readonly entry: URL;
  /** The server module, whose default export is what `defineServer` returns. */
  readonly server: URL;
  /** Largest heap of the thread (MiB): beyond it the thread dies, not the worker. Default: Node's own. */
  readonly heapMb?: number;
}
