/** Starting the task of a call that asked for one. */
import type { Tool } from '../../tool/types.ts';
import { readCallMeta, readMeta } from '../call-meta.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import { refuseParams } from '../failure.ts';
import { getOwn, isObject, type RpcRequest } from '../rpc.ts';
import type { ClientProfile } from './session.ts';
import { toCreatedCoreTask } from './shapes.ts';
import { REVISION_2025_11_25 } from './version.ts';

/** A call that is to become a task. */
export interface TaskCall {
  readonly tool: Tool;
  readonly profile: ClientProfile;
  /** How long the client wants the outcome to be retained (ms). */
  readonly ttl?: number;
}

/** @param args final: validated, and prepared where the tool does that */
export async function startTaskForCall(
  { caller, headers, deadline }: HttpMessage,
  request: Pick<RpcRequest, 'params'>,
  { tool, profile, ttl }: TaskCall,
  args: unknown,
  { engine }: Services,
): Promise<Record<string, unknown>> {
  const progressToken = getOwn(readMeta(request), 'progressToken');
  const view = await engine.startTask({
    caller,
    tool,
    arguments: args,
    era: REVISION_2025_11_25,
    capabilities: profile.can,
    ...(ttl !== undefined && { requestedTtlMs: ttl }),
    ...((typeof progressToken === 'string' || typeof progressToken === 'number') && { progressToken }),
    ...readCallMeta(request, headers),
    deadline,
  });
  return { ...toCreatedCoreTask(view, tool.immediateResponse) };
}

/** The lifetime that the client requests (ms); the task shows the one that applies. @throws Refusal -32602 */
export function readTtl({ params }: Pick<RpcRequest, 'params'>): number | undefined {
  const task = getOwn(params, 'task');
  if (!isObject(task)) throw refuseParams('"task" must be an object.');
  const ttl = getOwn(task, 'ttl');
  if (ttl === undefined || ttl === null) return undefined;
  if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl) || ttl < 0)
    throw refuseParams('"task.ttl" must be a non-negative integer (milliseconds).');
  return ttl;
}
