/** What the functions keep things in, made as the template says: table, queues, a folder for the bucket. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalName, LocalNames } from './intrinsics.ts';
import { buildQueueArn, type LocalSqs } from './sqs.ts';
import { createLocalTable } from './table.ts';
import type { Wiring } from './wiring.ts';

export interface LocalResources {
  readonly tableName: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** The folder that stands for the payload bucket. */
  readonly payloadFolder: string;
  /** What each of the template's resources is called here. */
  readonly names: LocalNames;
}

export interface LocalResourcesOptions {
  readonly wiring: Wiring;
  readonly sqs: LocalSqs;
  /** `shared`: it goes on running afterwards, so that the table must be removed. */
  readonly dynamodb: { readonly endpoint: string; readonly shared: boolean };
  /** Start of the names of table and queues. */
  readonly name: string;
  /** Visibility of the work queue (ms), instead of the template's. */
  readonly visibilityMs: number | undefined;
  readonly onFailure: (error: unknown) => void;
}

/** @throws CannotStart when DynamoDB does not take the table */
export async function createLocalResources(
  { wiring, sqs, dynamodb, name, visibilityMs, onFailure }: LocalResourcesOptions,
  undo: AsyncDisposableStack,
): Promise<LocalResources> {
  const payloadFolder = await mkdtemp(join(tmpdir(), 'mcp-tasks-'));
  undo.defer(() => rm(payloadFolder, { recursive: true, force: true }));

  const tableName = `${name}-${randomBytes(6).toString('hex')}`;
  const removeTable = await createLocalTable(dynamodb.endpoint, tableName, wiring.table);
  if (dynamodb.shared) undo.defer(() => removeTable().catch(onFailure));

  const deadLetters = `${tableName}-dead-letters`;
  await sqs.createQueue(deadLetters, wiring.deadLetters.queue.attributes);
  await sqs.createQueue(tableName, {
    ...wiring.work.queue.attributes,
    ...(visibilityMs === undefined ? {} : { VisibilityTimeout: String(Math.ceil(visibilityMs / 1_000)) }),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: buildQueueArn(deadLetters),
      maxReceiveCount: wiring.maxReceiveCount,
    }),
  });

  const queue = (queueName: string): LocalName => ({
    ref: sqs.buildQueueUrl(queueName),
    attributes: { Arn: buildQueueArn(queueName), QueueName: queueName },
  });
  const secret = randomBytes(32).toString('base64url');
  return {
    tableName,
    queueUrl: sqs.buildQueueUrl(tableName),
    deadLetterQueueUrl: sqs.buildQueueUrl(deadLetters),
    payloadFolder,
    names: new Map([
      [wiring.table.id, { ref: tableName }],
      [wiring.work.queue.id, queue(tableName)],
      [wiring.deadLetters.queue.id, queue(deadLetters)],
      ...wiring.buckets.map((id): [string, LocalName] => [id, { ref: payloadFolder }]),
      ...wiring.secrets.map((id): [string, LocalName] => [id, { ref: secret }]),
    ]),
  };
}
