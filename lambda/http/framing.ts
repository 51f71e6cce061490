/** JSON-RPC 2.0 framing: what kind of message a body is. Strict, as the official SDK is. */
import { CODE, Refusal } from '../mcp/failure.ts';
import { isObject, type JsonObject, own, type RpcId, type RpcRequest } from '../mcp/rpc.ts';

/**
 * Longest JSON-RPC id and progress token (characters). Both are said again with every answer, and a task keeps the
 * latter in its row.
 */
export const MAX_ID_LENGTH = 256;

export type Framed =
  | { readonly kind: 'request'; readonly request: RpcRequest }
  | { readonly kind: 'notification'; readonly notification: { readonly method: string; readonly params?: JsonObject } }
  | { readonly kind: 'response'; readonly response: JsonObject };

/**
 * @throws Refusal 400 -32600 for what is no single JSON-RPC message. Batches are refused in every revision:
 *   MCP removed them with 2025-06-18.
 */
export function frame(body: unknown, maxIdLength = MAX_ID_LENGTH): Framed {
  if (Array.isArray(body)) throw invalid('JSON-RPC batches are not supported');
  if (!isObject(body) || own(body, 'jsonrpc') !== '2.0') throw invalid('it must be an object with "jsonrpc": "2.0"');
  if (Object.hasOwn(body, 'method')) return frameCall(body, maxIdLength);
  if (isResponse(body)) return { kind: 'response', response: body };
  throw invalid('it is neither a request nor a notification nor a response');
}

function frameCall(body: JsonObject, maxIdLength: number): Framed {
  onlyMembers(body, ['jsonrpc', 'id', 'method', 'params']);
  const { method, params, id } = body;
  if (typeof method !== 'string') throw invalid('"method" must be a string');
  if (params !== undefined && !areParams(params))
    throw invalid('"params" must be an object, and its "_meta" one as well');
  const token = own(own(params as JsonObject | undefined, '_meta') as JsonObject | undefined, 'progressToken');
  if (isLonger(token, maxIdLength)) throw invalid(`its progress token has more than ${maxIdLength} characters`);
  if (!Object.hasOwn(body, 'id')) return { kind: 'notification', notification: body as { method: string } };
  if (!isId(id)) throw invalid('"id" must be a string or an integer');
  if (isLonger(id, maxIdLength)) throw invalid(`its "id" has more than ${maxIdLength} characters`);
  return { kind: 'request', request: body as unknown as RpcRequest };
}

const isLonger = (id: unknown, most: number): boolean => typeof id === 'string' && id.length > most;

/** The id to answer a refused body with: null where no request's id could be read. */
export function idOf(body: unknown): RpcId | null {
  if (!isObject(body) || typeof own(body, 'method') !== 'string') return null;
  const id = own(body, 'id');
  return (typeof id === 'string' && id.length <= MAX_ID_LENGTH) || typeof id === 'number' ? id : null;
}

const invalid = (why: string): Refusal =>
  new Refusal(400, CODE.invalidRequest, `The body is not a valid JSON-RPC message: ${why}.`);

function onlyMembers(body: JsonObject, members: readonly string[]): void {
  const other = Object.keys(body).find((name) => !members.includes(name));
  if (other !== undefined) throw invalid('it has a member that JSON-RPC does not know');
}

const isId = (id: unknown): id is RpcId => typeof id === 'string' || Number.isSafeInteger(id);

/** `_meta` is MCP's; of its members those are looked at that every revision types. */
function areParams(params: unknown): boolean {
  if (!isObject(params)) return false;
  const meta = own(params, '_meta');
  if (meta === undefined) return true;
  if (!isObject(meta)) return false;
  const token = own(meta, 'progressToken');
  const related = own(meta, 'io.modelcontextprotocol/related-task');
  return (
    (token === undefined || isId(token)) &&
    (related === undefined || (isObject(related) && typeof own(related, 'taskId') === 'string'))
  );
}

function isResponse(body: JsonObject): boolean {
  const { id, result, error } = body;
  if (Object.hasOwn(body, 'result')) {
    onlyMembers(body, ['jsonrpc', 'id', 'result']);
    return isId(id) && isObject(result) && (result._meta === undefined || isObject(result._meta));
  }
  if (!Object.hasOwn(body, 'error')) return false;
  onlyMembers(body, ['jsonrpc', 'id', 'error']);
  return (
    (id === undefined || isId(id)) &&
    isObject(error) &&
    Number.isSafeInteger(error.code) &&
    typeof error.message === 'string'
  );
}
