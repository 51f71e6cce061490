/** The partitions of the table in which a caller's tasks and calls are stored. */
import { createHash } from 'node:crypto';
import type { Caller } from './model.ts';

/**
 * The partition of a task: its owner's, spread over shards by the task id. On an anonymous server it is the task id
 * itself, so that no partition is hot and there is nothing to list.
 */
export function toTaskPartition(caller: Caller, id: string, shards: number): string {
  return caller.owner === undefined ? `task#${id}` : toOwnerPartition(caller.owner, toShard(id, shards), shards);
}

/** All partitions of an owner. */
export function listOwnerPartitions(owner: string, shards: number): readonly string[] {
  return Array.from({ length: shards }, (_, shard) => toOwnerPartition(owner, shard, shards));
}

/** The partition of a caller's in-place calls that wait for answers; no list of tasks reads it. */
export function toCallPartition({ owner }: Caller, id: string): string {
  return owner === undefined ? `call#${id}` : `calls#${owner}`;
}

/** The owner's hash in a task's partition; absent on an anonymous server. */
export function parseOwner(partition: string): string | undefined {
  return /^owner#([^#]+)/.exec(partition)?.[1];
}

function toOwnerPartition(owner: string, shard: number, shards: number): string {
  return shards > 1 ? `owner#${owner}#${shard}` : `owner#${owner}`;
}

function toShard(id: string, shards: number): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0) % shards;
}
