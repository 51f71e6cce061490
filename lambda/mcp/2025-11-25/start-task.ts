/** Making the task of a call that asked for one. */
import type { Tool } from '../../tool/types.ts';
import { metaOf } from '../2026-07-28/envelope.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import { invalidParams } from '../failure.ts';
import { idempotencyKeyOf } from '../idempotency-key.ts';
import { isObject, type JsonObject, own, type RpcRequest } from '../rpc.ts';
import { traceOf } from '../trace.ts';
import type { Profile } from './session.ts';
import { createTaskResult } from './shapes.ts';

/** A call that is to become a task. */
export interface TaskCall {
  readonly tool: Tool;
  readonly profile: Profile;
  /** How long the client wants its outcome kept (ms). */
  readonly ttl?: number;
}

/** The arguments stand: make the task. */
export async function startTask(
  { caller, headers, deadline }: HttpMessage,
  request: Pick<RpcRequest, 'params'>,
  { tool, profile, ttl }: TaskCall,
  args: unknown,
  { engine }: Services,
): Promise<JsonObject> {
  const meta = metaOf(request);
  const progressToken = own(meta, 'progressToken');
  const view = await engine.start({
    caller,
    tool,
    arguments: args,
    era: '2025-11-25',
    capabilities: profile.can,
    ...(ttl !== undefined && { requestedTtlMs: ttl }),
    ...((typeof progressToken === 'string' || typeof progressToken === 'number') && { progressToken }),
    ...idempotencyKeyOf(meta, headers),
    ...traceOf(meta, headers),
    deadline,
  });
  return createTaskResult(view, tool.immediateResponse);
}

/** The lifetime that the client wishes for; the server's own is what the task tells. @throws Refusal -32602 */
export function ttlOf({ params }: Pick<RpcRequest, 'params'>): number | undefined {
  const task = own(params, 'task');
  if (!isObject(task)) throw invalidParams('"task" must be an object.');
  const ttl = own(task, 'ttl');
  if (ttl === undefined || ttl === null) return undefined;
  if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl) || ttl < 0)
    throw invalidParams('"task.ttl" must be a whole number of milliseconds.');
  return ttl;
}
