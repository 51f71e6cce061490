/** `tools/call` of this revision: as a task where the client asks for one, otherwise in place. */
import type { Tool } from '../../tool/types.ts';
import { describeProblems, validateArguments } from '../../tool/validate.ts';
import { findMissingCapabilities } from '../2026-07-28/capabilities.ts';
import type { Exchange, Services } from '../exchange.ts';
import { CODE, Refusal, refuseParams } from '../failure.ts';
import { buildResultReply, getOwn, type Reply } from '../rpc.ts';
import { callInPlace } from './call.ts';
import { startPrepare } from './prepare.ts';
import { type ClientProfile, openSession } from './session.ts';
import { readTtl, startTaskForCall, type TaskCall } from './start-task.ts';
import { REVISION_2025_11_25, readVersionHeader } from './version.ts';

/** @throws Refusal 404 for a session that is over: a call may have to ask its client */
export async function handleToolsCall(exchange: Exchange, services: Services): Promise<Reply> {
  const { request, headers } = exchange;
  const profile = await openSession(exchange, services);
  // Older revisions know no tasks: `task` is a member like any other that they do not know.
  if ((readVersionHeader(headers) ?? profile.version) !== REVISION_2025_11_25)
    return callInPlace(exchange, profile, services);
  const name = getOwn(request.params, 'name');
  const tool = typeof name === 'string' ? (await services.server.load()).tools.get(name) : undefined;
  if (Object.hasOwn(request.params ?? {}, 'task')) return callAsTask(exchange, tool, profile, services);
  if (tool?.taskSupport === 'required')
    throw refuseToolCall(`${tool.name} runs as a task only: call it with "task" (Tasks, Tool-Level Negotiation).`);
  return callInPlace(exchange, profile, services);
}

async function callAsTask(
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
  const fits = await validateArguments(tool, getOwn(request.params, 'arguments'));
  if (!fits.ok)
    throw refuseParams(
      `Input validation error: Invalid arguments for tool ${tool.name}: ${describeProblems(fits.problems)}`,
    );
  const call: TaskCall = { tool, profile, ...(ttl !== undefined && { ttl }) };
  if (tool.prepare) return startPrepare(exchange, call, fits.value, services);
  return buildResultReply(request.id, await startTaskForCall(exchange, request, call, fits.value, services));
}

/** Refused before any work. This revision has no code of its own for it. */
function checkToolCanAsk(tool: Tool, { can }: ClientProfile): void {
  const requiredCapabilities = findMissingCapabilities(tool, can);
  if (requiredCapabilities)
    throw refuseParams(
      `${tool.name} asks what this client did not declare when it was initialized: ${JSON.stringify(requiredCapabilities)}`,
      { requiredCapabilities },
    );
}

const refuseToolCall = (message: string): Refusal => new Refusal(200, CODE.methodNotFound, message);
