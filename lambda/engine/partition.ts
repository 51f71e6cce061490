/** Where a caller's tasks live. */
import { createHash } from 'node:crypto';
import type { Caller } from './model.ts';

/**
 * The partition of a task: its owner's, spread over shards by the task id; on an anonymous server the task id
 * itself, so that there is no hot partition and nothing to list.
 */
export function toTaskPartition(caller: Caller, id: string, shards: number): string {
  return caller.owner === undefined ? `task#${id}` : toOwnerPartition(caller.owner, toShard(id, shards), shards);
}

/** All partitions of an owner. */
export const listOwnerPartitions = (owner: string, shards: number): readonly string[] =>
  Array.from({ length: shards }, (_, shard) => toOwnerPartition(owner, shard, shards));

/** Where a caller's calls in place wait for answers: out of sight of whoever looks for tasks. */
export const toCallPartition = ({ owner }: Caller, id: string): string =>
  owner === undefined ? `call#${id}` : `calls#${owner}`;

const toOwnerPartition = (owner: string, shard: number, shards: number): string =>
  shards > 1 ? `owner#${owner}#${shard}` : `owner#${owner}`;

const toShard = (id: string, shards: number): number =>
  createHash('sha256').update(id).digest().readUInt32BE(0) % shards;

/** The fairness group of a partition: its owner; each anonymous task is on its own. */
export const toFairnessGroup = (partition: string): { readonly group?: string } => {
  const owner = /^owner#([^#]+)/.exec(partition)?.[1];
  return owner === undefined ? {} : { group: owner };
};
