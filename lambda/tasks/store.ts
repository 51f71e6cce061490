/** The contract of a task store. `lambda/tasks/contract/index.ts` is the suite that every store must pass. */
import type { Condition } from './conditions.ts';
import type { JournalEntry, TaskKey, TaskRow } from './record.ts';

type MutableAttributes = Omit<
  TaskRow,
  'partition' | 'id' | 'v' | 'nonce' | 'createdAt' | 'tool' | 'arguments' | 'era' | 'client' | 'traceparent'
>;

/**
 * One conditional write to one row. An attribute is named in at most one of `set`, `add` and `remove`.
 *
 * @example
 * ```ts
 * const takeOver = ({ partition, id, generation }: TaskRow, run: string): Change => ({
 *   key: { partition, id },
 *   when: [{ test: '=', attribute: 'generation', value: generation }],
 *   set: { run, leaseUntil: Date.now() + 60_000 },
 *   add: { generation: 1 },
 *   remove: ['wakeAt'],
 * });
 * ```
 */
export interface Change {
  readonly key: TaskKey;
  /** All must hold. {@link TaskStore.update} adds nothing of its own: a change that must not create says `exists`. */
  readonly when: readonly Condition[];
  /** Attributes to write; `undefined` is left alone. */
  readonly set?: Partial<MutableAttributes>;
  /** Counters to raise; a missing one counts as 0. */
  readonly add?: {
    readonly generation?: number;
    readonly failures?: number;
    readonly revision?: number;
    readonly entries?: number;
  };
  readonly remove?: readonly (keyof MutableAttributes)[];
}

/**
 * What became of a conditional write. `done`: the row as it is now. Otherwise its conditions did not hold, and `row` is
 * the row that was there (absent: none), from the same atomic operation (in DynamoDB
 * `ReturnValuesOnConditionCheckFailure: ALL_OLD`), so that the reason is known without another read.
 *
 * @example
 * ```ts
 * const describe = (written: WriteResult): string =>
 *   written.done ? `now ${written.row.status}` : `refused: ${written.row?.status ?? 'no such row'}`;
 * ```
 */
export type WriteResult =
  | { readonly done: true; readonly row: TaskRow }
  | { readonly done: false; readonly row?: TaskRow };

/**
 * One page of an owner's tasks.
 *
 * @example
 * ```ts
 * const listAll = async (store: TaskStore, partition: string): Promise<TaskRow[]> => {
 *   const rows: TaskRow[] = [];
 *   let page: TaskRowPage | undefined;
 *   do {
 *     page = await store.list(partition, { limit: 100, ...(page?.next !== undefined && { after: page.next }) });
 *     rows.push(...page.rows);
 *   } while (page.next !== undefined);
 *   return rows;
 * };
 * ```
 */
export interface TaskRowPage {
  readonly rows: readonly TaskRow[];
  /** The id after which the next page starts; absent on the last page. */
  readonly next?: string;
}

/**
 * Content of an idempotency row: which task the key created, and from what.
 *
 * @example
 * ```ts
 * const isExpired = ({ ttl }: IdempotencyRow, now: number): boolean => ttl * 1000 <= now;
 * ```
 */
export interface IdempotencyRow {
  /** HMAC of owner and key. */
  readonly key: string;
  readonly task: TaskKey;
  /** Digest of tool and arguments: the same key with others is an error. */
  readonly digest: string;
  /** When it may be swept (seconds since the epoch). */
  readonly ttl: number;
}

/**
 * What became of an insert under an idempotency key.
 *
 * @example
 * ```ts
 * const findTask = (result: InsertOnceResult): TaskKey | undefined =>
 *   'taken' in result ? result.taken.task : result.row;
 * ```
 */
export type InsertOnceResult = WriteResult | { readonly done: false; readonly taken: IdempotencyRow };

/**
 * Task rows and their journal.
 *
 * Every method rejects when it is unknown whether the write happened (time-out, throttling after retries). The write's
 * mark then shows it to a later read or to the same write made again.
 *
 * @example
 * ```ts
 * // A store that counts its reads, on top of another one.
 * class CountingStore extends MemoryTaskStore implements TaskStore {
 *   reads = 0;
 *   override read(key: TaskKey): Promise<TaskRow | undefined> {
 *     this.reads += 1;
 *     return super.read(key);
 *   }
 * }
 * ```
 */
export interface TaskStore {
  /** Writes a new row if its key is free. */
  insert(row: TaskRow): Promise<WriteResult>;

  /**
   * The same in one transaction with an idempotency row, if its key is free too. One whose `ttl` has passed at `now`
   * (ms since the epoch) counts as absent.
   */
  insertOnce(row: TaskRow, key: IdempotencyRow, now: number): Promise<InsertOnceResult>;

  /** Applies a change if its conditions hold. */
  update(change: Change): Promise<WriteResult>;

  /**
   * Puts a journal entry and applies a change in one transaction, if the change's conditions hold. `token` makes a
   * retry of the same transaction a success. An entry that is there already stays (`done: false`). The row of a success
   * need not be returned.
   */
  record(
    change: Change,
    entry: JournalEntry,
    token: string,
  ): Promise<{ readonly done: true; readonly row?: TaskRow } | { readonly done: false; readonly row?: TaskRow }>;

  /** One row, strongly consistent; void and expired rows are returned as they are. */
  read(key: TaskKey): Promise<TaskRow | undefined>;

  /** All journal entries of a task, strongly consistent, in no promised order. */
  journal(task: string): Promise<readonly JournalEntry[]>;

  /** A partition's rows, newest first (descending id), starting after `after`. Void rows are left out. */
  list(partition: string, options: { readonly limit: number; readonly after?: string }): Promise<TaskRowPage>;
}
