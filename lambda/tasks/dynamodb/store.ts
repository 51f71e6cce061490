import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { JournalEntry, TaskKey, TaskRow } from '../record.ts';
import type { Change, IdempotencyRow, InsertedOnce, Page, TaskStore, Written } from '../store.ts';
import { readable, stored } from '../stored.ts';
import { type Refusal, refusalOf, refusalsOf } from './condition-failure.ts';
import { expressionOf, nothingThere, nothingThereAt } from './expression.ts';
import { entryOf, idempotencyItem, idempotencyRow, isPossible, journalItem, journalPartition, keyOf } from './items.ts';
import { type Pauses, patiently, shortPauses } from './retries.ts';
import { requestToken } from './token.ts';

/** What stood in a write's way comes back with its refusal, so that nobody has to read it. */
const returnOld = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

export interface DynamoTaskStoreOptions {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  /** Pauses before a write that met another transaction is tried again. Default: 25, 75 and 200 ms. */
  readonly pauses?: Pauses;
}

/**
 * Task rows in DynamoDB: partition key `partition` and sort key `id` (both strings), TTL attribute `ttl`, no
 * index. Every write is one conditional request.
 */
export class DynamoTaskStore implements TaskStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #pauses: Pauses;

  constructor({ client, table, pauses = shortPauses }: DynamoTaskStoreOptions) {
    this.#client = client;
    this.#table = table;
    this.#pauses = pauses;
  }

  async insert(row: TaskRow): Promise<Written> {
    const kept = stored(row);
    const command = new PutCommand(this.#put(kept));
    try {
      await patiently(() => this.#client.send(command), this.#pauses);
      return { done: true, row: kept };
    } catch (error) {
      return refused(refusalOf(error));
    }
  }

  async insertOnce(row: TaskRow, key: IdempotencyRow, now: number): Promise<InsertedOnce> {
    const kept = stored(row);
    const keyPut = { ...this.#put(stored(idempotencyItem(key))), ...nothingThereAt(now) };
    const command = new TransactWriteCommand({ TransactItems: [{ Put: this.#put(kept) }, { Put: keyPut }] });
    try {
      await patiently(() => this.#client.send(command), this.#pauses);
      return { done: true, row: kept };
    } catch (error) {
      const [ofRow, ofKey] = refusalsOf(error);
      return ofKey?.item ? { done: false, taken: idempotencyRow(ofKey.item) } : refused(ofRow);
    }
  }

  async update(change: Change): Promise<Written> {
    if (!isPossible(change.key)) return { done: false };
    const command = new UpdateCommand({ ...this.#update(change), ReturnValues: 'ALL_NEW' });
    try {
      const { Attributes } = await patiently(() => this.#client.send(command), this.#pauses);
      return { done: true, row: rowOf(Attributes) };
    } catch (error) {
      return refused(refusalOf(error));
    }
  }

  async record(change: Change, entry: JournalEntry, token: string): Promise<{ done: boolean; row?: TaskRow }> {
    const command = new TransactWriteCommand({
      ClientRequestToken: requestToken(token),
      TransactItems: [{ Update: this.#update(change) }, { Put: this.#put(stored(journalItem(entry))) }],
    });
    try {
      await patiently(() => this.#client.send(command), this.#pauses);
      return { done: true };
    } catch (error) {
      return refused(refusalsOf(error)[0]);
    }
  }

  async read(key: TaskKey): Promise<TaskRow | undefined> {
    if (!isPossible(key)) return undefined;
    const command = new GetCommand({ TableName: this.#table, Key: keyOf(key), ConsistentRead: true });
    const { Item } = await this.#client.send(command);
    return Item && rowOf(Item);
  }

  async journal(task: string): Promise<readonly JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for await (const item of this.#items(journalPartition(task))) entries.push(entryOf(item));
    return entries;
  }

  async list(partition: string, options: { readonly limit: number; readonly after?: string }): Promise<Page> {
    const { limit, after } = options;
    if (!isPossible({ partition, id: after ?? 'any' })) return { rows: [] };
    const rows: TaskRow[] = [];
    // One more than asked for tells whether there is another page.
    for await (const item of this.#items(partition, { after, pageSize: limit + 1 })) {
      const row = rowOf(item);
      if (row.void) continue;
      if (rows.length === limit) return { rows, next: rows.at(-1)?.id };
      rows.push(row);
    }
    return { rows };
  }

  /** A partition's items in descending order, strongly consistent; asks for more only while they are consumed. */
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
    return { TableName: this.#table, Item: { ...item }, ...nothingThere, ...returnOld };
  }

  #update({ key, ...change }: Change) {
    const { UpdateExpression, ...rest } = expressionOf(change);
    return { TableName: this.#table, Key: keyOf(key), UpdateExpression, ...rest, ...returnOld };
  }
}

/** @throws UnknownRowFormat */
const rowOf = (item: Record<string, unknown> | undefined): TaskRow => readable(item as unknown as TaskRow);

const refused = (refusal: Refusal | undefined): Written & { readonly done: false } =>
  refusal?.item ? { done: false, row: rowOf(refusal.item) } : { done: false };
