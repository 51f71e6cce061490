import type { ThreadFiles } from './engine/thread/thread-run.ts';
import type { ServerDefinition } from './tool/types.ts';

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
