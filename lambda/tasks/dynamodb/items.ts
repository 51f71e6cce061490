/** What is where in the table: its keys are `partition` and `id`, and it has no index. */
import type { JournalEntry, TaskKey } from '../record.ts';
import type { IdempotencyRow } from '../store.ts';

/** An item as DynamoDB returns it. */
type Item = Readonly<Record<string, unknown>>;

/** The key alone, of anything that holds one. */
export const keyOf = ({ partition, id }: TaskKey): { partition: string; id: string } => ({ partition, id });

/**
 * Whether anything can stand under a key: DynamoDB refuses empty keys, partition keys of more than 2,048
 * bytes, sort keys of more than 1,024, and text that is not well-formed. What cannot be written is not there.
 */
export const isPossible = ({ partition, id }: TaskKey): boolean => fits(partition, 2_048) && fits(id, 1_024);

const fits = (key: string, bytes: number): boolean =>
  key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= bytes;

/** A task's journal is a partition of its own, so that listing an owner's tasks never reads it. */
export const journalPartition = (task: string): string => `journal#${task}`;

export const journalItem = (entry: JournalEntry) => ({ partition: journalPartition(entry.task), ...entry });

export const entryOf = ({ partition: _, ...entry }: Item): JournalEntry => entry as unknown as JournalEntry;

/** An idempotency row is a partition of its own, with its one item. */
export const idempotencyItem = (row: IdempotencyRow) => ({ partition: `key#${row.key}`, id: 'key', ...row });

export const idempotencyRow = ({ partition: _, id: __, ...row }: Item): IdempotencyRow =>
  row as unknown as IdempotencyRow;
