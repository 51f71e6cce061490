/** `tools/call` of these revisions: as a task if the client asks for one, otherwise in place. */
import type { Tool } from '../../tool/types.ts';
import { describeInvalidArguments, validateArguments } from '../../tool/validate.ts';
import { findMissingCapabilities } from '../capabilities.ts';
import type { Exchange, Services } from '../exchange.ts';
import { CODE, Refusal, refuseParams } from '../failure.ts';
import { getOwn, type Reply } from '../rpc.ts';
import { callAsTask } from './call-as-task.ts';
import { callInPlace } from './call-in-place.ts';
import { type ClientProfile, openSession } from './session.ts';
import { readTtl } from './start-task.ts';
import { REVISION_2025_11_25, readVersionHeader } from './version.ts';

/**
 * Nothing is written before every check has passed: the session, then the tool's scopes, capabilities and arguments.
 * @throws Refusal 404 for an expired session: a call may have to ask its client
 */
export async function handleToolsCall(exchange: Exchange, services: Services): Promise<Reply> {
  const { request, headers } = exchange;
  const profile = await openSession(exchange, services);
  const name = getOwn(request.params, 'name');
  const tool = typeof name === 'string' ? (await services.server.load()).tools.get(name) : undefined;
  if (tool) exchange.requireScopes(tool.scopes);
  // Older revisions have no tasks: to them, `task` is an unknown member.
  if ((readVersionHeader(headers) ?? profile.version) !== REVISION_2025_11_25)
    return callInPlace(exchange, profile, services);
  if (Object.hasOwn(request.params ?? {}, 'task')) return handleTaskCall(exchange, tool, profile, services);
  if (tool?.taskSupport === 'required')
    throw refuseToolCall(`${tool.name} runs only as a task: call it with "task" (Tasks, Tool-Level Negotiation).`);
  return callInPlace(exchange, profile, services);
}

async function handleTaskCall(
  exchange: Exchange,
  tool: Tool | undefined,
  profile: ClientProfile,
  services: Services,
): Promise<Reply> {
  const { request } = exchange;
  const ttl = readTtl(request);
  if (!tool || tool.taskSupport === 'forbidden')
    throw refuseToolCall('This tool cannot run as a task: call it without "task" (Tasks, Tool-Level Negotiation).');
  checkToolCanAsk(tool, profile);
  const validated = await validateArguments(tool, getOwn(request.params, 'arguments'));
  if (!validated.ok) throw refuseParams(describeInvalidArguments(tool, validated.problems));
  return callAsTask(exchange, { tool, profile, ...(ttl !== undefined && { ttl }) }, validated.value, services);
}

/** Refused before any work. This revision has no code of its own for a missing capability. */
function checkToolCanAsk(tool: Tool, { can }: ClientProfile): void {
  const requiredCapabilities = findMissingCapabilities(tool, can);
  if (requiredCapabilities)
    throw refuseParams(
      `${tool.name} needs capabilities that this client did not declare at initialize: ${JSON.stringify(requiredCapabilities)}`,
      { requiredCapabilities },
    );
}

const refuseToolCall = (message: string): Refusal => new Refusal(200, CODE.methodNotFound, message);
