/** The input of a dialect: one framed request, and the services that answer it. */
import type { Engine } from '../engine/api/engine.ts';
import type { Caller } from '../engine/model.ts';
import type { Log } from '../engine/ports.ts';
import type { PayloadStore } from '../payloads/store.ts';
import type { Sealer } from '../seal/index.ts';
import type { InputCapabilities } from '../tasks/record.ts';
import type { ServerModule } from '../tool/server-module.ts';
import type { HeaderMap } from './headers.ts';
import type { InputRequest } from './input-requests.ts';
import type { JsonObject, Reply, RpcRequest } from './rpc.ts';

/** The HTTP request, for the official SDK and for header checks. */
export interface HttpMessage {
  readonly url: string;
  readonly headers: HeaderMap;
  /** The parsed body: a request, a notification or a response. */
  readonly body: unknown;
  readonly caller: Caller;
  /** Scopes granted to the client; absent where the server's authorization has none. */
  readonly scopes?: readonly string[];
  /** @throws Refusal 403 naming all of them, unless the client was granted every one */
  requireScopes(needed: readonly string[]): void;
  /** When the reply must have been sent (ms since the epoch). */
  readonly deadline: number;
  /** Until when the reply may be streamed ({@link Reply.stream}; ms since the epoch). Absent: it is buffered. */
  readonly streamsUntil?: number;
  /** For a client of an earlier revision: how a handler's questions reach it. Absent: the SDK sends them itself. */
  readonly round?: InputRound;
}

/**
 * One run of a handler of the official SDK's server for a client of a revision without `input_required` results:
 * a handler that returns `inputRequired(…)` is run again with the answers, as a client of a later revision would do.
 */
export interface InputRound {
  /** The kinds of question that the client accepts. */
  readonly canAsk: InputCapabilities;
  /** The client's answers since the last run, by key. */
  readonly inputResponses?: JsonObject;
  /** The state that the handler's last result carried. */
  readonly requestState?: string;
  /** Called when the handler asks; the SDK's own reply to the request is then meaningless. */
  onAsk(asked: InputRequests): void;
}

/** The questions of a handler that returned `inputRequired(…)`. */
export interface InputRequests {
  readonly inputRequests: Readonly<Record<string, InputRequest>>;
  readonly requestState?: string;
}

/** One request. */
export interface Exchange extends HttpMessage {
  readonly request: RpcRequest;
}

/** The services behind every request. Anything that a poll does not need is behind a function and loaded when called. */
export interface Services {
  readonly server: ServerModule;
  readonly engine: Engine;
  readonly sealer: Sealer;
  /** The official SDK, which serves everything that is not a task. */
  loadSdk(): Promise<OfficialSdk>;
  /** Stores a `requestState` that is too long for a client to carry. */
  readonly payloads: PayloadStore;
  now(): number;
  /** Resolves after `ms`. */
  wait(ms: number): Promise<void>;
  /** A random id for a call that runs inline. */
  createCallId(): string;
  readonly log: Log;
}

/** The bridge to the official SDK. */
export interface OfficialSdk {
  serve(message: HttpMessage): Promise<Reply>;
}
