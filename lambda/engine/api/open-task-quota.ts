/** The limit of open tasks per owner. */
import { isTerminal } from '../../tasks/record.ts';
import type { TaskStore } from '../../tasks/store.ts';
import { QuotaExceeded } from '../errors.ts';
import type { Caller } from '../model.ts';
import { listOwnerPartitions } from '../partition.ts';
import type { Clock } from '../ports.ts';
import type { EngineSettings } from '../settings.ts';

const RECOUNT_MS = 60_000;
/** Owners whose counts one instance remembers. */
const MAX_REMEMBERED_OWNERS = 1_000;
/** At least this many rows are read from each partition. */
const MIN_COUNTED_ROWS = 50;

interface OpenTaskCount {
  open: number;
  /** Tasks that this instance opened since it counted. */
  since: number;
  at: number;
}

/**
 * Stops a runaway client at no cost to the ordinary path: no counter is written, and an owner's newest tasks are
 * counted only once in a while.
 *
 * How far the limit can be passed: each instance counts for itself, once a minute and after every tenth part of the
 * limit, so an owner can exceed it by that part for each instance. Only the newest tasks are counted, twice the limit
 * of them, so open tasks older than those go unnoticed.
 */
export class OpenTaskQuota {
  readonly #store: TaskStore;
  readonly #clock: Clock;
  readonly #settings: EngineSettings;
  readonly #counts = new Map<string, OpenTaskCount>();

  constructor(options: { readonly store: TaskStore; readonly clock: Clock; readonly settings: EngineSettings }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#settings = options.settings;
  }

  /** @throws QuotaExceeded when the owner has as many open tasks as the server allows */
  async check({ owner }: Caller): Promise<void> {
    const { maxOpenTasks } = this.#settings;
    if (owner === undefined || maxOpenTasks === 0) return;
    const now = this.#clock.now();
    let count = this.#counts.get(owner);
    const stale = !count || now - count.at > RECOUNT_MS || count.since >= Math.max(1, maxOpenTasks / 10);
    // An owner at the limit is counted each time: one of the tasks may have ended.
    if (!count || stale || count.open + count.since >= maxOpenTasks) {
      count = { open: await this.#countOpen(owner, maxOpenTasks), since: 0, at: now };
      if (this.#counts.size >= MAX_REMEMBERED_OWNERS) this.#counts.clear();
      this.#counts.set(owner, count);
    }
    if (count.open + count.since >= maxOpenTasks) throw new QuotaExceeded(maxOpenTasks);
  }

  /** Counts a task that this instance has just created. */
  recordOpened({ owner }: Caller): void {
    const count = owner === undefined ? undefined : this.#counts.get(owner);
    if (count) count.since += 1;
  }

  async #countOpen(owner: string, maxOpenTasks: number): Promise<number> {
    const { ownerShards } = this.#settings;
    // Random ids fill the shards evenly, but not when there are few.
    const limit = Math.max(MIN_COUNTED_ROWS, Math.ceil((2 * maxOpenTasks) / ownerShards));
    const pages = await Promise.all(
      listOwnerPartitions(owner, ownerShards).map((partition) => this.#store.list(partition, { limit })),
    );
    const now = this.#clock.now();
    return pages.flatMap(({ rows }) => rows).filter((row) => !isTerminal(row.status) && row.expiresAt > now).length;
  }
}
