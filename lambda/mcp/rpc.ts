/** JSON-RPC 2.0 as MCP uses it, and the names that the protocol reserves. */
import type { RpcError } from '../tasks/record.ts';

export type RpcId = string | number;

/** A framed request: its shape has been checked, its params have not. */
export interface RpcRequest {
  readonly jsonrpc: '2.0';
  readonly id: RpcId;
  readonly method: string;
  readonly params?: JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An own property of a JSON object, so that `constructor` and the like are never read as input. */
export const getOwn = (object: JsonObject | undefined, key: string): unknown =>
  object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;

export const isRpcId = (id: unknown): id is RpcId => typeof id === 'string' || Number.isSafeInteger(id);

/** The `_meta` keys that MCP 2026-07-28 reserves on requests and results. */
export const META_KEYS = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

/** The Tasks extension (SEP-2663). */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** One HTTP response. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The body in chunks, as they become available; instead of `body`, and only for a request with `streamsUntil`. */
  readonly stream?: AsyncIterable<string>;
  /** The JSON-RPC error in the body, for logs and metrics. */
  readonly error?: RpcError;
  /** The request asked how a task is: counted, not logged. */
  readonly poll?: true;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

export const buildResultReply = (id: RpcId, result: JsonObject): Reply => ({
  status: 200,
  headers: JSON_HEADERS,
  body: JSON.stringify({ jsonrpc: '2.0', id, result }),
});

/** @param id null when the request's id could not be read (JSON-RPC 2.0, section 5) */
export const buildErrorReply = (
  status: number,
  id: RpcId | null,
  error: RpcError,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status,
  headers: { ...JSON_HEADERS, ...headers },
  body: JSON.stringify({ jsonrpc: '2.0', id, error }),
  error,
});

export const markAsPoll = (reply: Reply): Reply => ({ ...reply, poll: true });
