/** JSON-RPC 2.0 framing: the kind of message that a body is. As strict as the official SDK. */
import { CODE, Refusal } from '../mcp/failure.ts';
import { getOwn, isObject, isRpcId, type JsonObject, type RpcId, type RpcRequest } from '../mcp/rpc.ts';

/**
 * Longest JSON-RPC id and progress token (characters). Each reply repeats the id, each progress notification the token,
 * which a task's row stores.
 */
export const MAX_ID_LENGTH = 256;

export type FramedMessage =
  | { readonly kind: 'request'; readonly request: RpcRequest }
  | { readonly kind: 'notification'; readonly notification: { readonly method: string; readonly params?: JsonObject } }
  | { readonly kind: 'response'; readonly response: JsonObject };

/**
 * @throws Refusal 400 -32600 for a body that is not a single JSON-RPC message. Batches are refused in every revision:
 *   MCP removed them in 2025-06-18.
 */
export function frameMessage(body: unknown, maxIdLength = MAX_ID_LENGTH): FramedMessage {
  if (Array.isArray(body)) throw refuseMessage('JSON-RPC batches are not supported');
  if (!isObject(body) || getOwn(body, 'jsonrpc') !== '2.0')
    throw refuseMessage('it must be an object with "jsonrpc": "2.0"');
  if (Object.hasOwn(body, 'method')) return frameMethodCall(body, maxIdLength);
  if (isRpcResponse(body)) return { kind: 'response', response: body };
  throw refuseMessage('it is neither a request nor a notification nor a response');
}

function frameMethodCall(body: JsonObject, maxIdLength: number): FramedMessage {
  checkMembers(body, ['jsonrpc', 'id', 'method', 'params']);
  const { method, params, id } = body;
  if (typeof method !== 'string') throw refuseMessage('"method" must be a string');
  if (params !== undefined && !isRpcParams(params))
    throw refuseMessage('"params" must be an object, and so must its "_meta"');
  const token = getOwn(getOwn(params as JsonObject | undefined, '_meta') as JsonObject | undefined, 'progressToken');
  if (isLongerThan(token, maxIdLength))
    throw refuseMessage(`its progress token has more than ${maxIdLength} characters`);
  if (!Object.hasOwn(body, 'id')) return { kind: 'notification', notification: body as { method: string } };
  if (!isRpcId(id)) throw refuseMessage('"id" must be a string or an integer');
  if (isLongerThan(id, maxIdLength)) throw refuseMessage(`its "id" has more than ${maxIdLength} characters`);
  return { kind: 'request', request: body as unknown as RpcRequest };
}

const isLongerThan = (id: unknown, maxLength: number): boolean => typeof id === 'string' && id.length > maxLength;

/** The id for the reply to a refused body: null when no request's id can be read. */
export function readReplyId(body: unknown): RpcId | null {
  if (!isObject(body) || typeof getOwn(body, 'method') !== 'string') return null;
  const id = getOwn(body, 'id');
  return (typeof id === 'string' && id.length <= MAX_ID_LENGTH) || typeof id === 'number' ? id : null;
}

const refuseMessage = (why: string): Refusal =>
  new Refusal(400, CODE.invalidRequest, `The body is not a valid JSON-RPC message: ${why}.`);

function checkMembers(body: JsonObject, members: readonly string[]): void {
  const other = Object.keys(body).find((name) => !members.includes(name));
  if (other !== undefined) throw refuseMessage('it has a member that JSON-RPC does not define');
}

/** `_meta` is MCP's: of its members, those that every revision types are checked. */
function isRpcParams(params: unknown): boolean {
  if (!isObject(params)) return false;
  const meta = getOwn(params, '_meta');
  if (meta === undefined) return true;
  if (!isObject(meta)) return false;
  const token = getOwn(meta, 'progressToken');
  const related = getOwn(meta, 'io.modelcontextprotocol/related-task');
  return (
    (token === undefined || isRpcId(token)) &&
    (related === undefined || (isObject(related) && typeof getOwn(related, 'taskId') === 'string'))
  );
}

function isRpcResponse(body: JsonObject): boolean {
  const { id, result, error } = body;
  if (Object.hasOwn(body, 'result')) {
    checkMembers(body, ['jsonrpc', 'id', 'result']);
    return isRpcId(id) && isObject(result) && (result._meta === undefined || isObject(result._meta));
  }
  if (!Object.hasOwn(body, 'error')) return false;
  checkMembers(body, ['jsonrpc', 'id', 'error']);
  return (
    (id === undefined || isRpcId(id)) &&
    isObject(error) &&
    Number.isSafeInteger(error.code) &&
    typeof error.message === 'string'
  );
}
