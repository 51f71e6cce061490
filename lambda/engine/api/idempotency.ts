/**
 * Idempotent create: a key creates one task, however often its call is sent. The key has its own row, written in one
 * transaction with the task; task ids stay random.
 */
import { createHash } from 'node:crypto';
import { digestJson } from '../../json/canonical-json.ts';
import { isVisible, type TaskRow } from '../../tasks/record.ts';
import type { IdempotencyRow } from '../../tasks/store.ts';
import { IdempotencyConflict, IdempotencyUnsupported } from '../errors.ts';
import type { StartCall } from '../model.ts';
import type { EngineContext } from './context.ts';

/**
 * The row that records which task the key created. It lives as long as the task.
 *
 * @throws IdempotencyUnsupported on a server that does not distinguish callers
 */
export async function buildIdempotencyRow(
  engine: EngineContext,
  call: StartCall,
  row: TaskRow,
): Promise<IdempotencyRow> {
  const { owner } = call.caller;
  if (owner === undefined || !engine.hmac) throw new IdempotencyUnsupported();
  return {
    key: await engine.hmac(JSON.stringify([owner, call.idempotencyKey])),
    task: { partition: row.partition, id: row.id },
    digest: digestCall(call),
    ttl: row.ttl,
  };
}

/**
 * The task of the key: the new row, or the one that an earlier call created; nothing when the id is barred. A message
 * that was sent for a row that never came is dropped by the worker that receives it.
 *
 * @throws IdempotencyConflict when the key was used with another tool or other arguments
 */
export async function insertOnce(
  engine: EngineContext,
  call: StartCall,
  row: TaskRow,
  key: IdempotencyRow,
): Promise<TaskRow | undefined> {
  const now = engine.clock.now();
  const written = await engine.store.insertOnce(row, key, now);
  if (written.done) return row;
  if (!('taken' in written)) return undefined;
  const { taken } = written;
  if (!isSameCall(taken.digest, call)) throw new IdempotencyConflict();
  if (taken.task.id === row.id) return row;
  const existing = await engine.store.read(taken.task);
  return isVisible(existing, now) ? existing : undefined;
}

/** Whether the same call created the key; version 0.1.0 digested it differently (an object like an array of its pairs). */
function isSameCall(digest: string, call: StartCall): boolean {
  return digest === digestCall(call) || digest === digestCallOfVersion010(call);
}

function digestCall({ tool, arguments: args }: StartCall): string {
  return digestJson([tool.name, args]);
}

function digestCallOfVersion010({ tool, arguments: args }: StartCall): string {
  const sort = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sort);
    if (typeof value !== 'object' || value === null) return value;
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sort(member)]);
  };
  return createHash('sha256')
    .update(JSON.stringify([tool.name, sort(args)]))
    .digest('base64url');
}
