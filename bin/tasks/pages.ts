/** Task rows page by page, with what each page cost. */
import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { listOwnerPartitions } from '../../lambda/engine/partition.ts';
import type { TaskRow } from '../../lambda/tasks/record.ts';
import { checkRowFormat } from '../../lambda/tasks/stored.ts';
import { TasksUsageError } from './arguments.ts';
import type { Deployment } from './deployment.ts';

export interface RowPage {
  readonly rows: readonly TaskRow[];
  /** Items that were read for it, tasks or not. */
  readonly scanned: number;
  /** Read capacity units that it consumed. */
  readonly units: number;
  /** Where the next page begins (`--after`); absent on the last. */
  readonly next?: string;
}

export interface PageQuery {
  readonly owner?: string;
  readonly shards: number;
  readonly status?: string;
  /** One task, wherever it is. */
  readonly id?: string;
  readonly page: number;
  readonly after?: string;
}

/** A place in the table; with an owner also in which of its partitions. */
interface PagePosition {
  readonly partition?: string;
  readonly key?: StartKey;
}

/** What is half as dear is good enough to look at: changes of the last second may be missing. */
const EVENTUAL_READ = { ConsistentRead: false, ReturnConsumedCapacity: 'TOTAL' } as const;

type StartKey = Record<string, unknown>;
type ReadPage = (
  from: StartKey | undefined,
) => Promise<{ readonly page: Omit<RowPage, 'next'>; readonly last?: StartKey | undefined }>;

/** With an owner its tasks, newest first, by Query; otherwise all of the table, in no order, by Scan. */
export async function* readPages(deployment: Deployment, wanted: PageQuery): AsyncGenerator<RowPage> {
  const parts = buildPartitionReaders(deployment, wanted);
  const start = wanted.after === undefined ? {} : decodePosition(wanted.after);
  const first = parts.findIndex(({ partition }) => start.partition === undefined || partition === start.partition);
  if (first < 0) throw new TasksUsageError('--after is from another list: it begins within another owner.');
  let from = start.key;
  for (const [index, { partition, read }] of parts.entries()) {
    if (index < first) continue;
    const following = parts[index + 1];
    do {
      const { page, last } = await read(from);
      const next = last ? { partition, key: last } : following && { partition: following.partition };
      yield { ...page, ...(next && { next: Buffer.from(JSON.stringify(next)).toString('base64url') }) };
      from = last;
    } while (from);
  }
}

/** The partitions of an owner; or the table, which is read as one. */
const buildPartitionReaders = (
  deployment: Deployment,
  wanted: PageQuery,
): readonly { readonly partition?: string; read: ReadPage }[] =>
  wanted.owner === undefined
    ? [{ read: (from) => scanPage(deployment, wanted, from) }]
    : listOwnerPartitions(wanted.owner, wanted.shards).map((partition) => ({
        partition,
        read: (from) => queryPage(deployment, wanted, partition, from),
      }));

/** @throws UsageError */
function decodePosition(after: string): PagePosition {
  try {
    return JSON.parse(Buffer.from(after, 'base64url').toString()) as PagePosition;
  } catch {
    throw new TasksUsageError('--after is no key that a page printed.');
  }
}

async function queryPage(
  { client, table }: Deployment,
  wanted: PageQuery,
  partition: string,
  key: StartKey | undefined,
) {
  const filter = buildFilter(wanted);
  return toRowPage(
    await client.send(
      new QueryCommand({
        TableName: table,
        ...EVENTUAL_READ,
        Limit: wanted.page,
        KeyConditionExpression: '#partition = :partition',
        ScanIndexForward: false,
        ...filter,
        ExpressionAttributeNames: { '#partition': 'partition', ...filter.ExpressionAttributeNames },
        ExpressionAttributeValues: { ':partition': partition, ...filter.ExpressionAttributeValues },
        ...(key && { ExclusiveStartKey: key }),
      }),
    ),
  );
}

async function scanPage({ client, table }: Deployment, wanted: PageQuery, key: StartKey | undefined) {
  const filter = buildFilter(wanted);
  return toRowPage(
    await client.send(
      new ScanCommand({
        TableName: table,
        ...EVENTUAL_READ,
        Limit: wanted.page,
        ...filter,
        FilterExpression: `(begins_with(#partition, :owner) OR begins_with(#partition, :task)) AND ${filter.FilterExpression}`,
        ExpressionAttributeNames: { '#partition': 'partition', ...filter.ExpressionAttributeNames },
        ExpressionAttributeValues: { ':owner': 'owner#', ':task': 'task#', ...filter.ExpressionAttributeValues },
        ...(key && { ExclusiveStartKey: key }),
      }),
    ),
  );
}

/** Filters save what is sent, not what it costs: DynamoDB counts what it reads. */
function buildFilter({ status, id }: PageQuery) {
  const names: Record<string, string> = { '#void': 'void' };
  const values: Record<string, unknown> = {};
  const tests = ['attribute_not_exists(#void)'];
  if (status !== undefined) {
    names['#status'] = 'status';
    const statuses = status === 'open' ? ['working', 'input_required'] : [status];
    for (const [index, each] of statuses.entries()) values[`:status${index}`] = each;
    tests.push(`#status IN (${statuses.map((_, index) => `:status${index}`).join(', ')})`);
  }
  if (id !== undefined) {
    names['#id'] = 'id';
    values[':id'] = id;
    tests.push('#id = :id');
  }
  return {
    FilterExpression: tests.join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

function toRowPage(output: {
  readonly Items?: Record<string, unknown>[];
  readonly ScannedCount?: number;
  readonly LastEvaluatedKey?: Record<string, unknown>;
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number };
}) {
  const { Items = [], ScannedCount = 0, LastEvaluatedKey: last, ConsumedCapacity } = output;
  const rows = Items.map((item) => checkRowFormat(item as unknown as TaskRow));
  return { page: { rows, scanned: ScannedCount, units: ConsumedCapacity?.CapacityUnits ?? 0 }, last };
}
