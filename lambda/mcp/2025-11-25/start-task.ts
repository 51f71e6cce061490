/** Making the task of a call that asked for one. */
import type { Tool } from '../../tool/types.ts';
import { readMeta } from '../2026-07-28/envelope.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import { refuseParams } from '../failure.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { getOwn, isObject, type JsonObject, type RpcRequest } from '../rpc.ts';
import { readTraceparent } from '../trace.ts';
import type { ClientProfile } from './session.ts';
import { toCreatedCoreTask } from './shapes.ts';

/** A call that is to become a task. */
export interface TaskCall {
  readonly tool: Tool;
  readonly profile: ClientProfile;
  /** How long the client wants its outcome kept (ms). */
  readonly ttl?: number;
}

/** The arguments stand: make the task. */
export async function startTaskForCall(
  { caller, headers, deadline }: HttpMessage,
  request: Pick<RpcRequest, 'params'>,
  { tool, profile, ttl }: TaskCall,
  args: unknown,
  { engine }: Services,
): Promise<JsonObject> {
  const meta = readMeta(request);
  const progressToken = getOwn(meta, 'progressToken');
  const view = await engine.startTask({
    caller,
    tool,
    arguments: args,
    era: '2025-11-25',
    capabilities: profile.can,
    ...(ttl !== undefined && { requestedTtlMs: ttl }),
    ...((typeof progressToken === 'string' || typeof progressToken === 'number') && { progressToken }),
    ...readIdempotencyKey(meta, headers),
    ...readTraceparent(meta, headers),
    deadline,
  });
  return toCreatedCoreTask(view, tool.immediateResponse);
}

/** The lifetime that the client wishes for; the server's own is what the task tells. @throws Refusal -32602 */
export function readTtl({ params }: Pick<RpcRequest, 'params'>): number | undefined {
  const task = getOwn(params, 'task');
  if (!isObject(task)) throw refuseParams('"task" must be an object.');
  const ttl = getOwn(task, 'ttl');
  if (ttl === undefined || ttl === null) return undefined;
  if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl) || ttl < 0)
    throw refuseParams('"task.ttl" must be a whole number of milliseconds.');
  return ttl;
}
