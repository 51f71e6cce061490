/** What is where in the table: its keys are `partition` and `id`, and it has no index. */
import type { JournalEntry, TaskKey } from '../record.ts';
import type { IdempotencyRow } from '../store.ts';

/** An item as DynamoDB returns it. */
type Item = Readonly<Record<string, unknown>>;

/** The key alone, of anything that holds one. */
export const toItemKey = ({ partition, id }: TaskKey): { partition: string; id: string } => ({ partition, id });

/**
 * Whether anything can stand under a key: DynamoDB refuses empty keys, partition keys of more than 2,048
 * bytes, sort keys of more than 1,024, and text that is not well-formed. What cannot be written is not there.
 */
export const isValidKey = ({ partition, id }: TaskKey): boolean =>
  fitsKeyLimit(partition, 2_048) && fitsKeyLimit(id, 1_024);

const fitsKeyLimit = (key: string, bytes: number): boolean =>
  key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= bytes;

/** A task's journal is a partition of its own, so that listing an owner's tasks never reads it. */
export const toJournalPartition = (task: string): string => `journal#${task}`;

export const toJournalItem = (entry: JournalEntry) => ({ partition: toJournalPartition(entry.task), ...entry });

export const toJournalEntry = ({ partition: _, ...entry }: Item): JournalEntry => entry as unknown as JournalEntry;

/** An idempotency row is a partition of its own, with its one item. */
export const toIdempotencyItem = (row: IdempotencyRow) => ({ partition: `key#${row.key}`, id: 'key', ...row });

export const toIdempotencyRow = ({ partition: _, id: __, ...row }: Item): IdempotencyRow =>
  row as unknown as IdempotencyRow;
