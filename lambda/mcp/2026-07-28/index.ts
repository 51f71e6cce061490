/** MCP 2026-07-28 with the Tasks extension: which request is served how. */
import type { Exchange, Services } from '../exchange.ts';
import { CODE, methodNotFound, Refusal } from '../failure.ts';
import { own, type Reply, resultReply } from '../rpc.ts';
import { type Envelope, envelopeOf, PROTOCOL_VERSION } from './envelope.ts';
import { checkAgreement, checkPresence } from './headers.ts';
import { listen } from './listen.ts';
import { cancelTask, getTask, updateTask } from './tasks.ts';

export { isOfThisRevision } from './era.ts';

/** The protocol's own checks, in the order of the official SDK: a request that fails several gets the same answer there. */
function check({ request, headers }: Exchange): Envelope {
  const envelope = envelopeOf(request);
  checkAgreement(headers, request, envelope.version);
  if (envelope.version !== PROTOCOL_VERSION)
    throw new Refusal(400, CODE.unsupportedVersion, `Unsupported protocol version: ${envelope.version}`, {
      supported: [PROTOCOL_VERSION],
      requested: envelope.version,
    });
  checkPresence(headers, request);
  return envelope;
}

/** Serve a request of this revision. @throws what `errors.ts` translates */
export async function serve(exchange: Exchange, services: Services): Promise<Reply> {
  const { request } = exchange;
  const { capabilities } = check(exchange);
  switch (request.method) {
    case 'tasks/get':
      return resultReply(request.id, await getTask(exchange, capabilities, services));
    case 'tasks/update':
      return resultReply(request.id, await updateTask(exchange, capabilities, services));
    case 'tasks/cancel':
      return resultReply(request.id, await cancelTask(exchange, capabilities, services));
    // Methods of 2025-11-25 that SEP-2663 removed.
    case 'tasks/list':
    case 'tasks/result':
      throw methodNotFound();
    case 'subscriptions/listen':
      return listen(exchange, capabilities, services);
    case 'tools/call': {
      const name = own(request.params, 'name');
      const tool = typeof name === 'string' ? (await services.server.load()).tools.get(name) : undefined;
      if (!tool) break;
      const { callTool } = await import('./tools-call.ts');
      return callTool(exchange, capabilities, tool, services);
    }
  }
  return (await services.sdk()).serve(exchange);
}
