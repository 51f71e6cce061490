/** `initialize`: answered by the SDK; the tasks capability and the session id are ours. */
import type { Caller } from '../../engine/model.ts';
import { readInputCapabilities } from '../capabilities.ts';
import type { Exchange, Services } from '../exchange.ts';
import { buildResultReply, getOwn, isObject, type JsonObject, type Reply } from '../rpc.ts';
import { parseReplyMessages } from './reply-messages.ts';
import { type ClientProfile, sealSession } from './session.ts';
import { REVISION_2025_11_25 } from './version.ts';

export async function handleInitialize(exchange: Exchange, services: Services): Promise<Reply> {
  const { request, caller } = exchange;
  const reply = await (await services.loadSdk()).serve(exchange);
  const [response] = parseReplyMessages(reply);
  const result = getOwn(response, 'result');
  if (!isObject(result)) return reply;
  const version = String(getOwn(result, 'protocolVersion'));
  const declared = getOwn(request.params, 'capabilities');
  const profile: ClientProfile = { version, can: readInputCapabilities(isObject(declared) ? declared : {}) };
  const { headers, ...rest } = buildResultReply(
    request.id,
    version === REVISION_2025_11_25 ? addTasksCapability(result, caller) : result,
  );
  return { ...rest, headers: { ...headers, 'mcp-session-id': await sealSession(services, caller, profile) } };
}

/** `list` only where callers can be told apart: an anonymous server would list everyone's tasks. */
function addTasksCapability(result: JsonObject, { owner }: Caller): JsonObject {
  const capabilities = getOwn(result, 'capabilities');
  const tasks = { ...(owner !== undefined && { list: {} }), cancel: {}, requests: { tools: { call: {} } } };
  return { ...result, capabilities: { ...(isObject(capabilities) && capabilities), tasks } };
}
