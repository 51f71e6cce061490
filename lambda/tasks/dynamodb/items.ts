/** The items of the table: their keys are `partition` and `id`; there is no index. */
import { createHash } from 'node:crypto';
import type { JournalEntry, TaskKey } from '../record.ts';
import type { IdempotencyRow } from '../store.ts';

/** An item as DynamoDB returns it. */
type Item = Readonly<Record<string, unknown>>;

/** The key alone, without other attributes. */
export const toItemKey = ({ partition, id }: TaskKey): { partition: string; id: string } => ({ partition, id });

const MAX_PARTITION_KEY_BYTES = 2_048;
const MAX_SORT_KEY_BYTES = 1_024;

/**
 * Whether an item can have this key: DynamoDB refuses empty keys, long ones, and text that is not well-formed. An item
 * that cannot be written does not exist.
 */
export const isValidKey = ({ partition, id }: TaskKey): boolean =>
  fitsKeyLimit(partition, MAX_PARTITION_KEY_BYTES) && fitsKeyLimit(id, MAX_SORT_KEY_BYTES);

const fitsKeyLimit = (key: string, maxBytes: number): boolean =>
  key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= maxBytes;

/** A task's journal is its own partition, so that listing an owner's tasks never reads it. */
export const toJournalPartition = (task: string): string => `journal#${task}`;

export const toJournalItem = (entry: JournalEntry) => ({ partition: toJournalPartition(entry.task), ...entry });

export const toJournalEntry = ({ partition: _, ...entry }: Item): JournalEntry => entry as unknown as JournalEntry;

/** An idempotency row is the only item of its own partition. */
export const toIdempotencyItem = (row: IdempotencyRow) => ({ partition: `key#${row.key}`, id: 'key', ...row });

export const toIdempotencyRow = ({ partition: _, id: __, ...row }: Item): IdempotencyRow =>
  row as unknown as IdempotencyRow;

/** A transaction's idempotency token: DynamoDB takes at most 36 characters, so longer ones are hashed. */
export const toRequestToken = (token: string): string =>
  token.length <= 36 ? token : createHash('sha256').update(token).digest('hex').slice(0, 36);
