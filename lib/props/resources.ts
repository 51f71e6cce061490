/** Bring-your-own resources: props and checks. */
import { type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnQueue, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { type Duration, Token } from 'aws-cdk-lib/core';
import { DEAD_LETTER_TIMEOUT, type FunctionsProps } from './functions.ts';

/** Bring-your-own resources in place of the construct's. Their life cycle, backups and alarms are then yours too. */
export interface ResourcesProps {
  /**
   * The table of tasks: partition key `partition` and sort key `id`, both strings, TTL attribute `ttl`, no index.
   * Switching back to the default table hides every existing task: tasks live in one table and are not moved.
   *
   * @default - a table of the construct: on demand, with point-in-time recovery, kept when the stack is deleted
   */
  readonly table?: ITable;

  /**
   * The queue of wake-ups and its dead-letter queue.
   *
   * @default - two queues of the construct
   */
  readonly queues?: QueuesProps;

  /**
   * The bucket of payloads that are too large for a row. Its lifecycle rule must keep objects for the longest
   * `lifetimeMs` plus `retentionMs` of the tools; `payloadRetention` is not applied to it.
   *
   * @default - a bucket of the construct
   */
  readonly bucket?: IBucket;

  /**
   * A customer-managed key that encrypts what the construct creates: table, queues, bucket, sealing secret and logs.
   * Each function may use it. The key policy of an imported key must let CloudWatch Logs
   * (`logs.<region>.amazonaws.com`) use it too. A bring-your-own table, queue or bucket keeps its own key.
   *
   * @default - keys that AWS manages, at no cost per request
   */
  readonly encryptionKey?: IKey;
}

/** Standard queues, not FIFO. */
export interface QueuesProps {
  /**
   * Visibility time-out: at least `workerTimeout`, as Lambda demands. Redrives to `deadLetterQueue` after 100
   * receives or more: a message that is put back while another worker is alive counts as received.
   */
  readonly queue: IQueue;

  /** Visibility time-out: at least 60 s. Keeps messages longer than `queue`: their age counts from the first send. */
  readonly deadLetterQueue: IQueue;
}

/** Unsuitable resources, as far as the app knows their properties: those of an imported one it does not. */
export function* findResourcesProblems(
  settings: ResourcesProps & Required<Pick<FunctionsProps, 'workerTimeout'>>,
): Iterable<string> {
  yield* findTableProblems(settings);
  if (settings.queues) yield* findQueueProblems(settings.queues, settings.workerTimeout);
}

function* findTableProblems({ table }: ResourcesProps): Iterable<string> {
  if (!(table instanceof Table)) return;
  const { partitionKeys, sortKeys } = table.schemaV2();
  const keys = [...partitionKeys, ...sortKeys].map(({ name, type }) => `${name} (${type})`).join(' and ');
  if (keys !== 'partition (S) and id (S)')
    yield `The table ${table.node.path} is keyed by ${keys}: its keys must be partition (S) and id (S).`;
}

function* findQueueProblems({ queue, deadLetterQueue }: QueuesProps, workerTimeout: Duration): Iterable<string> {
  for (const each of [queue, deadLetterQueue])
    if (each.fifo)
      yield `The queue ${each.node.path} is a FIFO queue, in which one waiting task holds up the others: use standard queues.`;
  if (queue === deadLetterQueue) yield 'The queue and its dead-letter queue must be two queues.';
  yield* findVisibilityProblems(queue, workerTimeout);
  yield* findVisibilityProblems(deadLetterQueue, DEAD_LETTER_TIMEOUT);
  const resource = findCfnQueue(queue);
  if (resource && resource.redrivePolicy === undefined)
    yield `The queue ${queue.node.path} has no dead-letter queue: messages that it gives up on would be lost.`;
}

/** SQS's default. */
const SQS_DEFAULT_VISIBILITY_SECONDS = 30;

/** Lambda demands that a queue hides a message for as long as its function may work on it. */
function* findVisibilityProblems(queue: IQueue, timeout: Duration): Iterable<string> {
  const resource = findCfnQueue(queue);
  if (!resource || Token.isUnresolved(resource.visibilityTimeout)) return;
  const seconds = resource.visibilityTimeout ?? SQS_DEFAULT_VISIBILITY_SECONDS;
  if (seconds < timeout.toSeconds())
    yield `The queue ${queue.node.path} hides a message for ${seconds} s while its function may work on it for ${timeout.toSeconds()} s: raise its visibilityTimeout.`;
}

/** The queue's resource where this app creates it; undefined for an imported queue. */
const findCfnQueue = ({ node }: IQueue): CfnQueue | undefined =>
  node.defaultChild instanceof CfnQueue ? node.defaultChild : undefined;
