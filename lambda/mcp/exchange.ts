/** What a dialect is given: one framed request, and what serves it. */
import type { Engine } from '../engine/api/engine.ts';
import type { Caller } from '../engine/model.ts';
import type { Log } from '../engine/ports.ts';
import type { PayloadStore } from '../payloads/store.ts';
import type { Sealer } from '../seal/index.ts';
import type { InputCapabilities, Question } from '../tasks/record.ts';
import type { ServerModule } from '../tool/server-module.ts';
import type { JsonObject, Reply, RpcRequest } from './rpc.ts';

/** The HTTP request as it came, for the official SDK and for header checks. */
export interface HttpMessage {
  readonly url: string;
  /** Header values by lower-cased name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The parsed body: a request, a notification or a response. */
  readonly body: unknown;
  readonly caller: Caller;
  /** Scopes that were granted to the client; absent where there are none to grant. */
  readonly scopes?: readonly string[];
  /** When the answer must have been given (ms since the epoch). */
  readonly deadline: number;
  /**
   * Until when the answer may go on, piece by piece ({@link Reply.stream}; ms since the epoch). Absent: it is
   * buffered whole.
   */
  readonly streamsUntil?: number;
  /** For a client of an earlier revision: how a handler's questions reach it. Absent: they are the SDK's to send. */
  readonly round?: InputRound;
}

/**
 * One run of a handler of the official SDK's server for a client of a revision without `input_required` results:
 * a handler that returns `inputRequired(…)` is run again with the answers, as it would be by a client of a later one.
 */
export interface InputRound {
  /** What the client can be asked. */
  readonly can: InputCapabilities;
  /** What it answered since the last run, by key. */
  readonly inputResponses?: JsonObject;
  /** What the handler wanted back. */
  readonly requestState?: string;
  /** The handler asks; the SDK's reply to the request means nothing then. */
  onAsk(asked: InputRequests): void;
}

export interface InputRequests {
  readonly inputRequests: Readonly<Record<string, Pick<Question, 'method' | 'params'>>>;
  readonly requestState?: string;
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
  loadSdk(): Promise<OfficialSdk>;
  /** Keeps what a client would have to carry and cannot: `requestState` over its bound. */
  readonly payloads: PayloadStore;
  now(): number;
  /** Resolves after `ms`. */
  wait(ms: number): Promise<void>;
  /** An id for a call that runs inline. */
  callId(): string;
  readonly log: Log;
}

/** The bridge to the official SDK. */
export interface OfficialSdk {
  serve(message: HttpMessage): Promise<Reply>;
}
