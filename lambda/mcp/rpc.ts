/** JSON-RPC 2.0 as MCP uses it, and the names the protocol reserves. */
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

/** An own property of a JSON object; what its prototype holds is nobody's input. */
export const getOwn = (object: JsonObject | undefined, key: string): unknown =>
  object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;

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

/** One HTTP answer. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The body piece by piece, as it comes; instead of `body`, and only where the request may be answered so. */
  readonly stream?: AsyncIterable<string>;
  /** The JSON-RPC error in the body, for those who only look (logs, metrics). */
  readonly error?: RpcError;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

export const buildResultReply = (id: RpcId, result: JsonObject): Reply => ({
  status: 200,
  headers: JSON_HEADERS,
  body: JSON.stringify({ jsonrpc: '2.0', id, result }),
});

/** @param id null where no request's id could be read (JSON-RPC 2.0, section 5) */
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
