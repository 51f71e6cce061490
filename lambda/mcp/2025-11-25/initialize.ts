import type { Caller } from '../../engine/model.ts';
import { inputCapabilities } from '../2026-07-28/capabilities.ts';
import type { Exchange, Services } from '../exchange.ts';
import { isObject, type JsonObject, own, type Reply, resultReply } from '../rpc.ts';
import { sealSession } from './session.ts';
import { messagesIn } from './sse.ts';
import { PROTOCOL_VERSION } from './version.ts';

export async function initialize(exchange: Exchange, services: Services): Promise<Reply> {
  const { request, caller } = exchange;
  const reply = await (await services.sdk()).serve(exchange);
  const [answer] = messagesIn(reply);
  const result = own(answer, 'result');
  if (!isObject(result)) return reply;
  const version = String(own(result, 'protocolVersion'));
  const declared = own(request.params, 'capabilities');
  const profile = { version, can: inputCapabilities(isObject(declared) ? declared : {}) };
  const { headers, ...rest } = resultReply(
    request.id,
    version === PROTOCOL_VERSION ? withTasks(result, caller) : result,
  );
  return { ...rest, headers: { ...headers, 'mcp-session-id': await sealSession(services, caller, profile) } };
}

/** `list` only where callers can be told apart: an anonymous server would list the tasks of everybody. */
function withTasks(result: JsonObject, { owner }: Caller): JsonObject {
  const capabilities = own(result, 'capabilities');
  const tasks = { ...(owner !== undefined && { list: {} }), cancel: {}, requests: { tools: { call: {} } } };
  return { ...result, capabilities: { ...(isObject(capabilities) && capabilities), tasks } };
}
