/** What a dialect is given: one framed request, and what serves it. */
import type { Caller, Engine } from '../engine/engine.ts';
import type { Log } from '../engine/ports.ts';
import type { Sealer } from '../seal/index.ts';
import type { ServerModule } from '../server-module.ts';
import type { Reply, RpcRequest } from './rpc.ts';

/** The HTTP request as it came, for the official SDK and for header checks. */
export interface HttpMessage {
  readonly url: string;
  /** Header values by lower-cased name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The parsed body: a request, a notification or a response. */
  readonly body: unknown;
  readonly caller: Caller;
  /** When the answer must have been given (ms since the epoch). */
  readonly deadline: number;
}

/** One request. */
export interface Exchange extends HttpMessage {
  readonly request: RpcRequest;
}

/** What serves requests. Everything that a poll can do without is behind a function, and loaded when it is called. */
export interface Services {
  readonly server: ServerModule;
  readonly engine: Engine;
  readonly sealer: Sealer;
  /** The official SDK: everything that is not a task. */
  sdk(): Promise<OfficialSdk>;
  now(): number;
  /** An id for a call that runs inline. */
  callId(): string;
  readonly log: Log;
}

/** The bridge to the official SDK. */
export interface OfficialSdk {
  serve(message: HttpMessage): Promise<Reply>;
}
