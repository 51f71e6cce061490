/** The task store in DynamoDB. */
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { JournalEntry, TaskKey, TaskRow } from '../record.ts';
import type { Change, IdempotencyRow, InsertOnceResult, TaskRowPage, TaskStore, WriteResult } from '../store.ts';
import { checkRowFormat, toStoredValue } from '../stored.ts';
import { type ConditionFailure, toConditionFailure, toConditionFailures } from './condition-failure.ts';
import { buildExpression, buildFreeOrExpired, KEY_IS_FREE } from './expression.ts';
import {
  isValidKey,
  toIdempotencyItem,
  toIdempotencyRow,
  toItemKey,
  toJournalEntry,
  toJournalItem,
  toJournalPartition,
  toRequestToken,
} from './items.ts';
import { type RetryPauses, SHORT_PAUSES_MS, withRetries } from './retries.ts';

/** A refused write returns the item that was in its way, which saves a read. */
const RETURN_OLD_ITEM = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

export interface DynamoTaskStoreOptions {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  /** Pauses between the attempts of a write that meets another transaction. Default: 25, 75 and 200 ms. */
  readonly pauses?: RetryPauses;
}

/**
 * Task rows in DynamoDB: partition key `partition` and sort key `id` (both strings), TTL attribute `ttl`, no
 * index. Every write is one conditional request.
 */
export class DynamoTaskStore implements TaskStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #pauses: RetryPauses;

  constructor({ client, table, pauses = SHORT_PAUSES_MS }: DynamoTaskStoreOptions) {
    this.#client = client;
    this.#table = table;
    this.#pauses = pauses;
  }

  async insert(row: TaskRow): Promise<WriteResult> {
    const stored = toStoredValue(row);
    const command = new PutCommand(this.#put(stored));
    try {
      await withRetries(() => this.#client.send(command), this.#pauses);
      return { done: true, row: stored };
    } catch (error) {
      return toFailedWrite(toConditionFailure(error));
    }
  }

  async insertOnce(row: TaskRow, key: IdempotencyRow, now: number): Promise<InsertOnceResult> {
    const stored = toStoredValue(row);
    const keyPut = { ...this.#put(toStoredValue(toIdempotencyItem(key))), ...buildFreeOrExpired(now) };
    const command = new TransactWriteCommand({ TransactItems: [{ Put: this.#put(stored) }, { Put: keyPut }] });
    try {
      await withRetries(() => this.#client.send(command), this.#pauses);
      return { done: true, row: stored };
    } catch (error) {
      const [rowFailure, keyFailure] = toConditionFailures(error);
      return keyFailure?.item ? { done: false, taken: toIdempotencyRow(keyFailure.item) } : toFailedWrite(rowFailure);
    }
  }

  async update(change: Change): Promise<WriteResult> {
    if (!isValidKey(change.key)) return { done: false };
    const command = new UpdateCommand({ ...this.#update(change), ReturnValues: 'ALL_NEW' });
    try {
      const { Attributes } = await withRetries(() => this.#client.send(command), this.#pauses);
      return { done: true, row: toTaskRow(Attributes) };
    } catch (error) {
      return toFailedWrite(toConditionFailure(error));
    }
  }

  async record(change: Change, entry: JournalEntry, token: string): Promise<{ done: boolean; row?: TaskRow }> {
    const command = new TransactWriteCommand({
      ClientRequestToken: toRequestToken(token),
      TransactItems: [{ Update: this.#update(change) }, { Put: this.#put(toStoredValue(toJournalItem(entry))) }],
    });
    try {
      await withRetries(() => this.#client.send(command), this.#pauses);
      return { done: true };
    } catch (error) {
      return toFailedWrite(toConditionFailures(error)[0]);
    }
  }

  async read(key: TaskKey): Promise<TaskRow | undefined> {
    if (!isValidKey(key)) return undefined;
    const command = new GetCommand({ TableName: this.#table, Key: toItemKey(key), ConsistentRead: true });
    const { Item } = await this.#client.send(command);
    return Item && toTaskRow(Item);
  }

  async journal(task: string): Promise<readonly JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for await (const item of this.#items(toJournalPartition(task))) entries.push(toJournalEntry(item));
    return entries;
  }

  async list(partition: string, options: { readonly limit: number; readonly after?: string }): Promise<TaskRowPage> {
    const { limit, after } = options;
    if (!isValidKey({ partition, id: after ?? 'any' })) return { rows: [] };
    const rows: TaskRow[] = [];
    // One row more than the page shows whether there is another page.
    for await (const item of this.#items(partition, { after, pageSize: limit + 1 })) {
      const row = toTaskRow(item);
      if (row.void) continue;
      if (rows.length === limit) return { rows, next: rows.at(-1)?.id };
      rows.push(row);
    }
    return { rows };
  }

  /** A partition's items in descending order, strongly consistent; pages are requested as they are consumed. */
  async *#items(partition: string, { after, pageSize }: { after?: string; pageSize?: number } = {}) {
    const startingToken = after === undefined ? undefined : { partition, id: after };
    const pages = paginateQuery(
      { client: this.#client, ...(pageSize && { pageSize }), ...(startingToken && { startingToken }) },
      {
        TableName: this.#table,
        KeyConditionExpression: '#partition = :partition',
        ExpressionAttributeNames: { '#partition': 'partition' },
        ExpressionAttributeValues: { ':partition': partition },
        ScanIndexForward: false,
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) yield* Items;
  }

  #put(item: object) {
    return { TableName: this.#table, Item: { ...item }, ...KEY_IS_FREE, ...RETURN_OLD_ITEM };
  }

  #update({ key, ...change }: Change) {
    const { UpdateExpression, ...rest } = buildExpression(change);
    return { TableName: this.#table, Key: toItemKey(key), UpdateExpression, ...rest, ...RETURN_OLD_ITEM };
  }
}

/** @throws UnknownRowFormat */
const toTaskRow = (item: Record<string, unknown> | undefined): TaskRow => checkRowFormat(item as unknown as TaskRow);

const toFailedWrite = (failure: ConditionFailure | undefined): WriteResult & { readonly done: false } =>
  failure?.item ? { done: false, row: toTaskRow(failure.item) } : { done: false };
