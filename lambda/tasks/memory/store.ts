/** The task store in memory. */
import { type Condition, missing } from '../conditions.ts';
import type { JournalEntry, TaskKey, TaskRow } from '../record.ts';
import type { Change, IdempotencyRow, InsertOnceResult, TaskRowPage, TaskStore, WriteResult } from '../store.ts';
import { checkRowFormat, toStoredValue } from '../stored.ts';
import { applyChange } from './change.ts';
import { compareText, isConditionMet } from './evaluate.ts';

/**
 * Task rows in this process's memory: for tests, simulations and tools that run without a stack. Nothing outlives the
 * process and nothing is swept. Rows go in as copies and come out frozen, so no caller can reach into the store.
 *
 * @example
 * ```ts
 * import { MemoryTaskStore } from 'mcp-tasks-aws/store';
 *
 * const store = new MemoryTaskStore();
 * console.log(await store.list('owner#1', { limit: 10 })); // { rows: [] }
 * ```
 */
export class MemoryTaskStore implements TaskStore {
  readonly #partitions = new Map<string, Map<string, TaskRow>>();
  readonly #journals = new Map<string, Map<string, JournalEntry>>();
  readonly #keys = new Map<string, IdempotencyRow>();
  readonly #tokens = new Set<string>();

  async insert(row: TaskRow): Promise<WriteResult> {
    return this.#insert(row);
  }

  async insertOnce(row: TaskRow, key: IdempotencyRow, now: number): Promise<InsertOnceResult> {
    const taken = this.#keys.get(key.key);
    if (taken && taken.ttl * 1000 > now) return { done: false, taken };
    const written = this.#insert(row);
    if (written.done) this.#keys.set(key.key, toStoredValue(key));
    return written;
  }

  async update(change: Change): Promise<WriteResult> {
    const refused = this.#checkConditions(change.key, change.when);
    return refused ?? { done: true, row: this.#put(applyChange(this.#find(change.key), change)) };
  }

  async record(change: Change, entry: JournalEntry, token: string): Promise<{ done: boolean; row?: TaskRow }> {
    if (this.#tokens.has(token)) return { done: true };
    const refused = this.#checkConditions(change.key, change.when);
    if (refused) return refused;
    const journal = this.#journals.get(entry.task) ?? new Map<string, JournalEntry>();
    if (journal.has(entry.id)) return { done: false };
    const row = this.#put(applyChange(this.#find(change.key), change));
    this.#journals.set(entry.task, journal.set(entry.id, toStoredValue(entry)));
    this.#tokens.add(token);
    return { done: true, row };
  }

  async read(key: TaskKey): Promise<TaskRow | undefined> {
    const row = this.#find(key);
    return row && checkRowFormat(row);
  }

  async journal(task: string): Promise<readonly JournalEntry[]> {
    return [...(this.#journals.get(task)?.values() ?? [])];
  }

  async list(partition: string, options: { readonly limit: number; readonly after?: string }): Promise<TaskRowPage> {
    const { limit, after } = options;
    const found = [...(this.#partitions.get(partition)?.values() ?? [])]
      .filter((row) => !row.void && (after === undefined || compareText(row.id, after) < 0))
      .sort((a, b) => compareText(b.id, a.id));
    const rows = found.slice(0, limit).map(checkRowFormat);
    return found.length > limit ? { rows, next: rows.at(-1)?.id } : { rows };
  }

  #find(key: TaskKey): TaskRow | undefined {
    return this.#partitions.get(key.partition)?.get(key.id);
  }

  /** The refusal of a write whose conditions do not all hold; otherwise nothing. */
  #checkConditions(key: TaskKey, when: readonly Condition[]): (WriteResult & { readonly done: false }) | undefined {
    const row = this.#find(key);
    if (when.every((condition) => isConditionMet(row, condition))) return undefined;
    return row ? { done: false, row: checkRowFormat(row) } : { done: false };
  }

  #insert(row: TaskRow): WriteResult {
    return this.#checkConditions(row, [missing]) ?? { done: true, row: this.#put(toStoredValue(row)) };
  }

  #put(row: TaskRow): TaskRow {
    const partition = this.#partitions.get(row.partition) ?? new Map<string, TaskRow>();
    this.#partitions.set(row.partition, partition.set(row.id, row));
    return row;
  }
}
