/** `tools/call` of this revision: as a task where the client asks for one, otherwise in place. */
import type { Tool } from '../../tool/types.ts';
import { describeProblems, validateArguments } from '../../tool/validate.ts';
import { missingForTool } from '../2026-07-28/capabilities.ts';
import type { Exchange, Services } from '../exchange.ts';
import { CODE, invalidParams, Refusal } from '../failure.ts';
import { own, type Reply, resultReply } from '../rpc.ts';
import { callInPlace } from './call.ts';
import { prepareFirst } from './prepare.ts';
import { openSession, type Profile } from './session.ts';
import { startTask, type TaskCall, ttlOf } from './start-task.ts';
import { PROTOCOL_VERSION, versionOf } from './version.ts';

/** @throws Refusal 404 for a session that is over: a call may have to ask its client */
export async function callTool(exchange: Exchange, services: Services): Promise<Reply> {
  const { request, headers } = exchange;
  const profile = await openSession(exchange, services);
  // Older revisions know no tasks: `task` is a member like any other that they do not know.
  if ((versionOf(headers) ?? profile.version) !== PROTOCOL_VERSION) return callInPlace(exchange, profile, services);
  const name = own(request.params, 'name');
  const tool = typeof name === 'string' ? (await services.server.load()).tools.get(name) : undefined;
  if (Object.hasOwn(request.params ?? {}, 'task')) return callAsTask(exchange, tool, profile, services);
  if (tool?.taskSupport === 'required')
    throw methodNotFound(`${tool.name} runs as a task only: call it with "task" (Tasks, Tool-Level Negotiation).`);
  return callInPlace(exchange, profile, services);
}

async function callAsTask(
  exchange: Exchange,
  tool: Tool | undefined,
  profile: Profile,
  services: Services,
): Promise<Reply> {
  const { request } = exchange;
  const ttl = ttlOf(request);
  if (!tool || tool.taskSupport === 'forbidden')
    throw methodNotFound('This tool cannot run as a task: call it without "task" (Tasks, Tool-Level Negotiation).');
  checkCanBeAsked(tool, profile);
  const fits = await validateArguments(tool, own(request.params, 'arguments'));
  if (!fits.ok)
    throw invalidParams(
      `Input validation error: Invalid arguments for tool ${tool.name}: ${describeProblems(fits.problems)}`,
    );
  const call: TaskCall = { tool, profile, ...(ttl !== undefined && { ttl }) };
  if (tool.prepare) return prepareFirst(exchange, call, fits.value, services);
  return resultReply(request.id, await startTask(exchange, request, call, fits.value, services));
}

/** Refused before any work. This revision has no code of its own for it. */
function checkCanBeAsked(tool: Tool, { can }: Profile): void {
  const requiredCapabilities = missingForTool(tool, can);
  if (requiredCapabilities)
    throw invalidParams(
      `${tool.name} asks what this client did not declare when it was initialized: ${JSON.stringify(requiredCapabilities)}`,
      { requiredCapabilities },
    );
}

const methodNotFound = (message: string): Refusal => new Refusal(200, CODE.methodNotFound, message);
