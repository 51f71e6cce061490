/**
 * The limit of open tasks per owner. It stops a client that runs away, at no cost to the ordinary path: no
 * counter is written, and an owner's newest tasks are counted only once in a while.
 *
 * What it can get wrong: each instance counts for itself, once a minute and after every tenth part of the limit,
 * so an owner can pass the limit by that part for each instance; and only the newest tasks are counted, as many
 * as twice the limit, so open tasks behind so many newer ones are not seen.
 */
import { isTerminal } from '../../tasks/record.ts';
import { QuotaExceeded } from '../errors.ts';
import type { Caller } from '../model.ts';
import type { EngineContext } from './context.ts';

const RECOUNT_MS = 60_000;
/** Owners whose counts one instance remembers. */
const MAX_REMEMBERED_OWNERS = 1_000;

interface OpenTaskCount {
  open: number;
  /** Tasks that this instance opened since it counted. */
  since: number;
  at: number;
}

export class OpenTaskQuota {
  readonly #engine: EngineContext;
  readonly #counts = new Map<string, OpenTaskCount>();

  constructor(engine: EngineContext) {
    this.#engine = engine;
  }

  /** @throws QuotaExceeded when the owner has as many open tasks as the server allows */
  async check({ owner }: Caller): Promise<void> {
    const { maxOpenTasks } = this.#engine.settings;
    if (owner === undefined || maxOpenTasks === 0) return;
    const now = this.#engine.clock.now();
    let count = this.#counts.get(owner);
    const stale = !count || now - count.at > RECOUNT_MS || count.since >= Math.max(1, maxOpenTasks / 10);
    // Somebody over the limit is counted each time: one of the tasks may have ended.
    if (!count || stale || count.open + count.since >= maxOpenTasks) {
      count = { open: await this.#countOpen(owner, maxOpenTasks), since: 0, at: now };
      if (this.#counts.size >= MAX_REMEMBERED_OWNERS) this.#counts.clear();
      this.#counts.set(owner, count);
    }
    if (count.open + count.since >= maxOpenTasks) throw new QuotaExceeded(maxOpenTasks);
  }

  recordOpened({ owner }: Caller): void {
    const count = owner === undefined ? undefined : this.#counts.get(owner);
    if (count) count.since += 1;
  }

  async #countOpen(owner: string, atMost: number): Promise<number> {
    const { store, settings, clock } = this.#engine;
    const { ownerShards } = settings;
    const partitions = Array.from({ length: ownerShards }, (_, shard) =>
      ownerShards > 1 ? `owner#${owner}#${shard}` : `owner#${owner}`,
    );
    // Random ids fill the shards evenly, but not when there are few.
    const limit = Math.max(50, Math.ceil((2 * atMost) / ownerShards));
    const pages = await Promise.all(partitions.map((partition) => store.list(partition, { limit })));
    const now = clock.now();
    return pages.flatMap(({ rows }) => rows).filter((row) => !isTerminal(row.status) && row.expiresAt > now).length;
  }
}
