/** Resources of somebody's own that would not do, refused while the app is synthesized as far as the app knows them. */
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnQueue, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { type Duration, Token } from 'aws-cdk-lib/core';
import type { ResourcesProps } from './resource-props.ts';

/** @throws Error with every problem that there is, each with what to do about it */
export function checkResources(props: ResourcesProps, timeouts: { worker: Duration; deadLetter: Duration }): void {
  const found = [...findTableProblems(props), ...findQueueProblems(props, timeouts), ...findNetworkProblems(props)];
  if (found.length > 0) throw new Error(`McpTasksServer: ${found.join(' ')}`);
}

function* findTableProblems({ table }: ResourcesProps): Iterable<string> {
  if (!(table instanceof Table)) return;
  const { partitionKeys, sortKeys } = table.schemaV2();
  const keys = [...partitionKeys, ...sortKeys].map(({ name, type }) => `${name} (${type})`).join(' and ');
  if (keys !== 'partition (S) and id (S)')
    yield `The table ${table.node.path} is keyed by ${keys}: it has to be partition (S) and id (S).`;
}

function* findQueueProblems(
  { queues }: ResourcesProps,
  timeouts: { worker: Duration; deadLetter: Duration },
): Iterable<string> {
  if (!queues) return;
  const { queue, deadLetterQueue } = queues;
  for (const each of [queue, deadLetterQueue])
    if (each.fifo)
      yield `The queue ${each.node.path} is a FIFO queue, in which one waiting task holds up the others: use standard queues.`;
  if (queue === deadLetterQueue) yield 'The queue and its dead-letter queue are the same: each has its own work.';
  yield* findVisibilityProblems(queue, timeouts.worker);
  yield* findVisibilityProblems(deadLetterQueue, timeouts.deadLetter);
  const made = findCfnQueue(queue);
  if (made && made.redrivePolicy === undefined)
    yield `The queue ${queue.node.path} has no dead-letter queue: what it gave up on would be lost.`;
}

function* findVisibilityProblems(queue: IQueue, timeout: Duration): Iterable<string> {
  const made = findCfnQueue(queue);
  if (!made || Token.isUnresolved(made.visibilityTimeout)) return;
  const seconds = made.visibilityTimeout ?? 30;
  if (seconds < timeout.toSeconds())
    yield `The queue ${queue.node.path} hides a message for ${seconds} s while its function may work on it for ${timeout.toSeconds()} s: raise its visibilityTimeout.`;
}

/** The queue as this app makes it; nothing for one that is imported. */
const findCfnQueue = ({ node }: IQueue): CfnQueue | undefined =>
  node.defaultChild instanceof CfnQueue ? node.defaultChild : undefined;

function* findNetworkProblems({ vpc, vpcSubnets, securityGroups }: ResourcesProps): Iterable<string> {
  if (!vpc && (vpcSubnets || securityGroups)) yield 'vpcSubnets and securityGroups are of a VPC: name it as "vpc".';
}
