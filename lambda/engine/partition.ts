/** Where a caller's tasks live. */
import { createHash } from 'node:crypto';
import type { Caller } from './engine.ts';

/**
 * The partition of a task: its owner's, spread over shards by the task id; on an anonymous server the task id
 * itself, so that there is no hot partition and nothing to list.
 */
export function partitionOf(caller: Caller, id: string, shards: number): string {
  if (caller.owner === undefined) return `task#${id}`;
  return shards > 1 ? `owner#${caller.owner}#${shardOf(id, shards)}` : `owner#${caller.owner}`;
}

const shardOf = (id: string, shards: number): number =>
  createHash('sha256').update(id).digest().readUInt32BE(0) % shards;
