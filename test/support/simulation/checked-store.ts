/** The task store as processes see it; it compares every row before and after each write. */
import { isDeepStrictEqual } from 'node:util';
import type { Condition } from '../../../lambda/tasks/conditions.ts';
import { MemoryTaskStore } from '../../../lambda/tasks/memory/index.ts';
import { isTerminal, type JournalEntry, type TaskKey, type TaskRow } from '../../../lambda/tasks/record.ts';
import type { Change, TaskStore, WriteResult } from '../../../lambda/tasks/store.ts';
import type { SimulatedProcess, Simulator } from './simulator.ts';

/** What a mutated protocol does to writes on their way to the store, and to responses on their way back. */
export interface StoreMutation {
  readonly rewriteChange?: (change: Change) => Change;
  /** Writes that are skipped and reported as done. */
  readonly skipInsert?: (row: TaskRow) => boolean;
  readonly skipUpdate?: (change: Change) => boolean;
  readonly rewriteWritten?: <T extends { readonly done: boolean; readonly row?: TaskRow }>(written: T) => T;
}

export class CheckedTaskStore {
  readonly memory = new MemoryTaskStore();
  readonly violations: string[] = [];
  /** The recorded value of each step, by task and entry. */
  readonly recordedSteps = new Map<string, string>();
  readonly #keys = new Set<string>();
  readonly #simulator: Simulator;
  readonly #mutation: StoreMutation;

  constructor(simulator: Simulator, mutation: StoreMutation) {
    this.#simulator = simulator;
    this.#mutation = mutation;
  }

  /** The store of one process. */
  createStoreFor(process: SimulatedProcess): TaskStore {
    const { memory } = this;
    const simulator = this.#simulator;
    let createdHere = 0;
    const toResponse = <T extends { readonly done: boolean; readonly row?: TaskRow }>(written: T): T =>
      this.#mutation.rewriteWritten?.(written) ?? written;
    return {
      insert: (row) => {
        if (this.#mutation.skipInsert?.(row)) return Promise.resolve({ done: true, row });
        return simulator.request(process, async () => {
          const written = await this.#checkWrite(row, [], () => memory.insert(row));
          // Promise 11: a call makes one task even if responses to its writes were lost.
          if (written.done && !row.void) {
            createdHere += 1;
            if (createdHere > 1) this.violations.push(`one call created two tasks: ${row.id}`);
          }
          return toResponse(written);
        });
      },
      insertOnce: (row, key, now) =>
        simulator.request(process, async () => {
          const written = await memory.insertOnce(row, key, now);
          // Promise 11: an idempotency key makes one task, however often the call is sent.
          if (written.done) {
            if (this.#keys.has(key.key)) this.violations.push(`one key created two tasks: ${row.id}`);
            this.#keys.add(key.key);
          }
          return written;
        }),
      update: async (change) => {
        if (this.#mutation.skipUpdate?.(change)) {
          const row = await memory.read(change.key);
          if (row) return { done: true, row: { ...row, ...change.set } as TaskRow };
        }
        const sent = this.#mutation.rewriteChange?.(change) ?? change;
        return simulator.request(process, async () =>
          toResponse(await this.#checkWrite(change.key, change.when, () => memory.update(sent))),
        );
      },
      record: (change, entry, token) => {
        const sent = this.#mutation.rewriteChange?.(change) ?? change;
        return simulator.request(process, async () => {
          const written = await this.#checkWrite(
            change.key,
            change.when,
            async () => (await memory.record(sent, entry, token)) as WriteResult,
          );
          if (written.done) this.#checkRecordedOnce(entry);
          return toResponse(written);
        });
      },
      read: (key) => simulator.request(process, () => memory.read(key)),
      journal: (task) => simulator.request(process, () => memory.journal(task)),
      list: (partition, options) => simulator.request(process, () => memory.list(partition, options)),
    };
  }

  #checkRecordedOnce(entry: JournalEntry): void {
    const id = `${entry.task}/${entry.id}`;
    const before = this.recordedSteps.get(id);
    if (before !== undefined && before !== entry.value) this.violations.push(`step recorded twice: ${id}`);
    this.recordedSteps.set(id, entry.value as string);
  }

  /** Promise 3, checked on the row itself: one terminal transition, and nothing a client sees changes after it. */
  async #checkWrite(key: TaskKey, when: readonly Condition[], write: () => Promise<WriteResult>): Promise<WriteResult> {
    const before = await this.memory.read(key);
    const written = await write();
    const after = await this.memory.read(key);
    // A retry of a write that has been done is reported as such and changes nothing.
    if (after === before || !after) return written;
    if (before?.void) this.violations.push(`void row became a task: ${key.id}`);
    if (before && isTerminal(before.status) && !isDeepStrictEqual(toVisibleFields(before), toVisibleFields(after)))
      this.violations.push(`terminal task changed: ${key.id}`);
    // Promise 4: a run's writes take effect only while it holds the task.
    for (const condition of when)
      if (condition.test === '=' && condition.attribute === 'run' && before?.run !== condition.value)
        this.violations.push(`a run that does not hold the task changed it: ${key.id}`);
    return written;
  }
}

function toVisibleFields({ status, statusMessage, outcome, expiresAt, createdAt, lastUpdatedAt }: TaskRow) {
  return {
    status,
    statusMessage,
    outcome,
    expiresAt,
    createdAt,
    lastUpdatedAt,
  };
}
