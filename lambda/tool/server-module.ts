import type { ServerDefinition } from './types.ts';

/**
 * The user's server, loaded when first needed: a poll must not pay for tools, schemas or the SDK.
 * `info` is known without loading, so that every result can name the server.
 */
export interface ServerModule {
  readonly info: ServerDefinition['info'];
  load(): Promise<ServerDefinition>;
  /** How a worker starts a thread for a tool with `thread: true`. Absent: such a tool runs like any other, and a log line says so. */
  readonly thread?: Omit<ThreadFiles, 'heapMb'>;
}

/** What a thread is made of. */
export interface ThreadFiles {
  /** The module that the thread runs: `lambda/functions/tool-thread.ts`, or what a bundle has for it. */
  readonly entry: URL;
  /** The server module, whose default export is what `defineServer` returns. */
  readonly server: URL;
  /** Largest heap of the thread (MiB): over it the thread dies, not the worker. Default: Node's own. */
  readonly heapMb?: number;
}
