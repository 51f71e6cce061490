/** Reads task rows page by page, and reports what each page cost. */
import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { listOwnerPartitions } from '../../lambda/engine/partition.ts';
import type { TaskRow } from '../../lambda/tasks/record.ts';
import { checkRowFormat } from '../../lambda/tasks/stored.ts';
import { UsageError } from '../command-line/options.ts';
import type { TasksArguments } from './arguments.ts';
import type { Deployment } from './deployment.ts';

export interface RowPage {
  readonly rows: readonly TaskRow[];
  /** Items that were read for it, tasks or not. */
  readonly scanned: number;
  /** Read capacity units that it consumed. */
  readonly units: number;
  /** Where the next page starts (`--after`); absent on the last. */
  readonly next?: string;
}

export interface PageQuery extends Pick<TasksArguments, 'owner' | 'shards' | 'status' | 'page' | 'after'> {
  /** Only the task with this id. */
  readonly id?: string;
}

/** Where a page starts: in one of an owner's partitions, or in the whole table; absent key: at the beginning. */
interface PagePosition {
  readonly partition?: string | undefined;
  readonly key?: StartKey | undefined;
}

type StartKey = Record<string, unknown>;

/** Half the price of a strong read, and good enough for looking: changes of the last second may be missing. */
const EVENTUAL_READ = { ConsistentRead: false, ReturnConsumedCapacity: 'TOTAL' } as const;

/**
 * With an owner, that owner's tasks by Query, partition by partition, newest first; otherwise all tasks by a Scan of the
 * table, in no particular order.
 *
 * @throws UsageError when `after` does not belong to this query
 */
export async function* readPages(deployment: Deployment, query: PageQuery): AsyncGenerator<RowPage> {
  const partitions: readonly (string | undefined)[] =
    query.owner === undefined ? [undefined] : listOwnerPartitions(query.owner, query.shards);
  let position: PagePosition | undefined =
    query.after === undefined ? { partition: partitions[0] } : decodePosition(query.after);
  if (!partitions.includes(position.partition))
    throw new UsageError('--after must come from the same list, with the same --owner and --shards.');
  while (position) {
    const { lastKey, ...page } = await readPage(deployment, query, position);
    position = findNextPosition(partitions, position, lastKey);
    yield { ...page, ...(position && { next: encodePosition(position) }) };
  }
}

function findNextPosition(
  partitions: readonly (string | undefined)[],
  { partition }: PagePosition,
  lastKey: StartKey | undefined,
): PagePosition | undefined {
  if (lastKey) return { partition, key: lastKey };
  const next = partitions[partitions.indexOf(partition) + 1];
  return next === undefined ? undefined : { partition: next };
}

const encodePosition = (position: PagePosition): string => Buffer.from(JSON.stringify(position)).toString('base64url');

/** @throws UsageError */
function decodePosition(after: string): PagePosition {
  try {
    return JSON.parse(Buffer.from(after, 'base64url').toString()) as PagePosition;
  } catch {
    throw new UsageError('--after must be a key that an earlier page printed.');
  }
}

async function readPage({ client, table }: Deployment, query: PageQuery, { partition, key }: PagePosition) {
  const input = {
    ...(partition === undefined ? buildScan(query) : buildQuery(query, partition)),
    ...EVENTUAL_READ,
    TableName: table,
    Limit: query.page,
    ...(key && { ExclusiveStartKey: key }),
  };
  const output = await client.send(partition === undefined ? new ScanCommand(input) : new QueryCommand(input));
  return {
    rows: (output.Items ?? []).map((item) => checkRowFormat(item as unknown as TaskRow)),
    scanned: output.ScannedCount ?? 0,
    units: output.ConsumedCapacity?.CapacityUnits ?? 0,
    lastKey: output.LastEvaluatedKey,
  };
}

function buildQuery(query: PageQuery, partition: string) {
  const filter = buildFilter(query);
  return {
    ...filter,
    KeyConditionExpression: '#partition = :partition',
    ScanIndexForward: false,
    ExpressionAttributeValues: { ...filter.ExpressionAttributeValues, ':partition': partition },
  };
}

function buildScan(query: PageQuery) {
  const filter = buildFilter(query);
  return {
    ...filter,
    FilterExpression: `(begins_with(#partition, :owner) OR begins_with(#partition, :task)) AND ${filter.FilterExpression}`,
    ExpressionAttributeValues: { ...filter.ExpressionAttributeValues, ':owner': 'owner#', ':task': 'task#' },
  };
}

/** A filter saves transfer, not cost: DynamoDB charges for what it reads. */
function buildFilter({ status, id }: PageQuery) {
  const names: Record<string, string> = { '#partition': 'partition', '#void': 'void' };
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
