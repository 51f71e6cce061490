/** MCP 2026-07-28 with the Tasks extension: dispatches requests to their handlers. */
import type { Dialect } from '../dialect.ts';
import type { Exchange, Services } from '../exchange.ts';
import { CODE, Refusal, refuseMethod } from '../failure.ts';
import { buildResultReply, getOwn, markAsPoll, type Reply } from '../rpc.ts';
import { claimsRequest } from './claims.ts';
import { type Envelope, REVISION_2026_07_28, readEnvelope } from './envelope.ts';
import { checkHeaderAgreement, checkHeaderPresence } from './headers.ts';
import { handleSubscriptionsListen } from './subscriptions-listen.ts';
import { handleTasksCancel, handleTasksGet, handleTasksUpdate } from './tasks.ts';

export const dialect20260728: Dialect = { claims: claimsRequest, serve };

/** The protocol's own checks, in the official SDK's order: a request that fails several gets the same error there. */
function checkProtocol({ request, headers }: Exchange): Envelope {
  const envelope = readEnvelope(request);
  checkHeaderAgreement(headers, request, envelope.version);
  if (envelope.version !== REVISION_2026_07_28)
    throw new Refusal(400, CODE.unsupportedVersion, `Unsupported protocol version: ${envelope.version}`, {
      supported: [REVISION_2026_07_28],
      requested: envelope.version,
    });
  checkHeaderPresence(headers, request);
  return envelope;
}

async function serve(exchange: Exchange, services: Services): Promise<Reply> {
  const { request } = exchange;
  const { capabilities } = checkProtocol(exchange);
  switch (request.method) {
    case 'tasks/get':
      return markAsPoll(buildResultReply(request.id, await handleTasksGet(exchange, capabilities, services)));
    case 'tasks/update':
      return buildResultReply(request.id, await handleTasksUpdate(exchange, capabilities, services));
    case 'tasks/cancel':
      return buildResultReply(request.id, await handleTasksCancel(exchange, capabilities, services));
    // Methods of 2025-11-25 that SEP-2663 removed.
    case 'tasks/list':
    case 'tasks/result':
      throw refuseMethod();
    case 'subscriptions/listen':
      return handleSubscriptionsListen(exchange, capabilities, services);
    case 'tools/call': {
      const name = getOwn(request.params, 'name');
      const tool = typeof name === 'string' ? (await services.server.load()).tools.get(name) : undefined;
      if (!tool) break;
      exchange.requireScopes(tool.scopes);
      const { handleToolsCall } = await import('./tools-call.ts');
      return handleToolsCall(exchange, capabilities, tool, services);
    }
  }
  return (await services.loadSdk()).serve(exchange);
}
